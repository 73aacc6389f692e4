import { sameJson } from '@muster/scim'
import type { Transaction } from '../database/transaction.ts'
import type { Change } from '../reconcile/applying/batch.ts'
import { type KnownUser, lockKnownUsers } from '../reconcile/applying/known-users.ts'
import { changedSince, targetKey } from './changed-since.ts'
import type { Conflict, ConflictCode } from './conflicts.ts'
import { readJournal } from './journal.ts'
import { findRecordHolders } from './restore-records.ts'
import { readStanding, type Standing } from './standing.ts'
import type { Undoing } from './undoing.ts'

/** A user that was otherwise. */
export interface RestoredUser {
  change: Change
  before: KnownUser
  /** Undefined: it is gone, and comes back. */
  present: KnownUser | undefined
  standing: Standing | undefined
}

/** Sorts users into those who can be made what they were, and those who cannot. Locks those who are there. */
export async function judgeUsers(
  tx: Transaction,
  undoing: Undoing,
  changes: readonly Change[],
): Promise<{ restored: RestoredUser[]; conflicts: Conflict[] }> {
  const ids = changes.map(({ resourceId }) => resourceId)
  const known = await lockKnownUsers(tx, undoing.directoryId, ids)
  const journal = await readJournal<KnownUser>(tx, undoing, 'user', ids)
  const standings = await readStanding(
    tx,
    undoing,
    [...journal.values()].flatMap(({ before }) => before ?? []),
  )
  const linkedIds = [...standings.values()].flatMap(({ linkedId }) => linkedId ?? [])
  const linked = linkedIds.map((resourceId) => ({ resourceId, groupId: changes[0]?.groupId ?? '' }))
  const changed = await changedSince(tx, undoing, [...changes, ...linked])
  const sourceIds = changes.flatMap(({ sourceId }) => sourceId ?? [])
  const holders = await findRecordHolders(tx, undoing, 'user', sourceIds)
  const restored: RestoredUser[] = []
  const conflicts: Conflict[] = []
  for (const change of changes) {
    const entry = journal.get(change.resourceId)
    const [present, standing] = [known.get(change.resourceId), standings.get(change.resourceId)]
    if (!entry?.before) {
      conflicts.push({ change, code: 'erased' })
      continue
    }
    const one = { change, before: entry.before, present, standing }
    const isAlone = undoing.later.length === 0
    const isAnother = isAlone && present !== undefined && present.version !== (entry.version ?? present.version)
    const holder = change.sourceId === null ? undefined : holders.get(change.sourceId)
    const isElsewhere = holder !== undefined && holder !== change.resourceId
    const code = conflictOf(one, { isChanged: changed.has(targetKey(change)) || isAnother || isElsewhere, changed })
    if (code === undefined) restored.push(one)
    else conflicts.push({ change, code })
  }
  return { restored, conflicts }
}

function conflictOf(
  { change, before, present, standing }: RestoredUser,
  { isChanged, changed }: { isChanged: boolean; changed: ReadonlyMap<string, unknown> },
): ConflictCode | undefined {
  if (present !== undefined && isAsBefore(before, present)) return undefined
  if (isChanged) return 'changedSince'
  if (present === undefined && (change.effect !== 'create' || standing?.hasPerson === false)) return 'erased'
  if (standing?.namesakeId) return 'nameTaken'
  const linkedId = present === undefined ? (standing?.linkedId ?? change.resourceId) : change.resourceId
  if (linkedId === change.resourceId) return undefined
  const goesAgain = standing?.linkedIsNew === true && !changed.has(targetKey({ ...change, resourceId: linkedId }))
  return goesAgain ? undefined : 'personTaken'
}

/** Whether what is stored of a user is what was. */
export function isAsBefore(before: KnownUser, present: KnownUser): boolean {
  return (
    before.active === present.active &&
    before.userNameKey === present.userNameKey &&
    before.displayNameKey === present.displayNameKey &&
    before.externalId === present.externalId &&
    sameJson(before.emails, present.emails) &&
    sameJson(before.mapped, present.mapped) &&
    sameJson(before.document, present.document)
  )
}
