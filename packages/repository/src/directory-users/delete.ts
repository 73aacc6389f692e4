import type { Transaction } from '../database/transaction.ts'
import { settlePeople } from '../people/settling/settle-people.ts'
import type { AskedUser } from '../people/settling/turn-links.ts'
import { type GoneRow, removeDirectoryUsers } from './remove.ts'

/**
 * Deletes users of a directory with their memberships (the groups they leave get a new version) and settles their
 * people. Answers with how many there were.
 */
export async function deleteDirectoryUsers(
  tx: Transaction,
  directoryId: string,
  directoryUserIds: readonly string[],
): Promise<number> {
  const rows = await removeDirectoryUsers(tx, directoryId, directoryUserIds)
  await settlePeople(tx, directoryId, rows.map(toGone))
  return rows.length
}

/** A directory user that is gone, with what it said last: that stays valid while its removal waits. */
export function toGone({ directory_user_id: id, mapped, external_id: externalId }: GoneRow): AskedUser {
  return { id, kept: { mapped, externalId } }
}
