import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import type { DirectoryReference } from '../organizations/directory-reference.ts'
import type { HookKind } from '../tables.ts'

/** What a hook is sent, of the type `directory.user.before_create` or `directory.user.after_create`. */
export interface HookMessage {
  type: string
  /** The same whenever the same is told again. */
  id: string
  timestamp: Date
  organizationId: string
  /** Null: people whom an administrator made. */
  directory: Record<string, unknown> | DirectoryReference | null
  /** As every surface shows users. */
  users: readonly Record<string, unknown>[]
}

/** A message of this moment about up to 500 users of one directory. */
export function hookMessage(
  kind: HookKind,
  organizationId: string,
  about: Pick<HookMessage, 'directory' | 'users'>,
  id: string = newUuid(),
): HookMessage {
  return {
    type: `directory.user.${kind}`,
    ...{ id, timestamp: new Date(), organizationId: toTypeId('organization', organizationId) },
    ...about,
  }
}
