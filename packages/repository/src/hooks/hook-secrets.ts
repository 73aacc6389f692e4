import type { Reader } from '../database/read.ts'
import type { RootKeys } from '../organizations/data-keys.ts'
import { openSigningSecrets } from '../signing-secrets/signing-secrets.ts'

/** The secrets that sign calls of a hook at this moment, the newest first; undefined when there is no hook of this id. */
export async function openHookSecrets(
  reader: Reader,
  rootKeys: RootKeys,
  hookId: string,
): Promise<string[] | undefined> {
  const row = await reader.db
    .selectFrom('hooks')
    .select(['sealed_secret', 'sealed_previous_secret', 'previous_expires_at'])
    .where('organization_id', '=', reader.organizationId)
    .where('hook_id', '=', hookId)
    .executeTakeFirst()
  return row && openSigningSecrets(reader, rootKeys, { table: 'hooks', id: hookId }, row)
}
