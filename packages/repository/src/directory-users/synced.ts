import type { Transaction } from '../database/transaction.ts'
import { directoryReference } from '../organizations/directory-reference.ts'
import type { SettledPerson } from '../people/telling/person-events.ts'
import type { DirectoryUserDraft } from './columns.ts'

/** Says that the raw attributes of these users changed, behind whatever that meant for the person. */
export async function appendSynced(
  tx: Transaction,
  directoryId: string,
  drafts: readonly DirectoryUserDraft[],
  people: ReadonlyMap<string, SettledPerson>,
): Promise<void> {
  const directory = await directoryReference(tx, directoryId)
  for (const { directoryUserId, document, cause } of drafts) {
    const person = people.get(directoryUserId)
    if (person === undefined) continue
    const data = { user: person.user, directory, rawAttributes: document }
    tx.append([{ type: 'directory.user.synced', directoryId, subjectId: person.userId, data, cause }])
  }
}
