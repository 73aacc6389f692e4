import type { RoleRule } from '@muster/people'
import { MusterError } from '@muster/runtime/errors'
import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'

/**
 * A name may be one of groups to come; an id is one of a group that is there.
 * @throws `invalidValue` when there is no such group or directory, or the group is in another directory
 */
export async function assertRuleLeads({ db, organizationId }: Reader, rule: RoleRule): Promise<void> {
  const { groupId = null, directoryId = null } = rule
  const [found] = await send(
    db,
    sql<{ group_directory: string | null; directory: string | null }>`
    SELECT (SELECT directory_id FROM groups WHERE organization_id = ${organizationId} AND group_id = ${groupId})
        AS group_directory,
      (SELECT directory_id FROM directories WHERE organization_id = ${organizationId} AND directory_id = ${directoryId})
        AS directory`,
  )
  if (directoryId !== null && found?.directory === null) {
    throw new MusterError('invalidValue', 'roleMapping.directoryId: there is no such directory.')
  }
  if (groupId === null) return
  if (found?.group_directory === null) {
    throw new MusterError('invalidValue', 'roleMapping.groupId: there is no such group.')
  }
  if (directoryId !== null && found?.group_directory !== directoryId) {
    throw new MusterError('invalidValue', 'roleMapping.groupId: the group is in another directory.')
  }
}
