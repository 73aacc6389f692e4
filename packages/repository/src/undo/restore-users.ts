import type { Provided } from '@muster/people'
import { sameJson } from '@muster/scim'
import type { Transaction } from '../database/transaction.ts'
import { insertUsers } from '../directory-users/create.ts'
import { appendSynced } from '../directory-users/synced.ts'
import { storeDocuments } from '../directory-users/update.ts'
import { findWaitingFor } from '../people/settling/managers.ts'
import { settlePeople } from '../people/settling/settle-people.ts'
import { settlePersons } from '../people/settling/settle-persons.ts'
import type { Change } from '../reconcile/applying/batch.ts'
import { noteBefore } from '../reconcile/applying/note-before.ts'
import { settingsOf } from '../settings/directory-settings.ts'
import { reportConflicts } from './conflicts.ts'
import { forgetValues } from './forget-values.ts'
import { isAsBefore, judgeUsers, type RestoredUser } from './judge-users.ts'
import { relink } from './relink.ts'
import { restoreEdges } from './restore-edges.ts'
import { restoreRecords } from './restore-records.ts'
import { settleReports } from './settle-reports.ts'
import { asAsked } from './settle-undone.ts'
import type { Undoing } from './undoing.ts'

/** Makes users what they were, with their memberships, and brings those back who were deleted; each with the person it had. */
export async function restoreUsers(tx: Transaction, undoing: Undoing, batch: readonly Change[]): Promise<void> {
  const { directoryId } = undoing
  const users = batch.filter(({ kind }) => kind === 'user')
  const { restored, conflicts } = await judgeUsers(tx, undoing, users)
  const revived = restored.filter(({ present }) => present === undefined)
  const differing = restored.filter(({ before, present }) => present !== undefined && !isAsBefore(before, present))
  const settings = await settingsOf(tx, directoryId)
  if (revived.length > 0) await insertUsers(tx, directoryId, revived.map(toDraft), settings)
  tx.count(directoryId, 'users', revived.length)
  await relink(tx, undoing, revived)
  if (differing.length > 0) await storeDocuments(tx, directoryId, differing.map(toDraft), settings)
  const memberIds = await restoreEdges(
    tx,
    undoing,
    batch.filter(({ kind }) => kind === 'membership'),
  )
  await restoreRecords(
    tx,
    undoing,
    restored.map(({ change, before }) => ({ kind: 'user', id: change.resourceId, source: before.source })),
  )
  const notes = restored.flatMap(({ change, present }) =>
    present === undefined ? [] : [{ change, before: { ...present }, version: present.version }],
  )
  await noteBefore(tx, undoing, notes)
  const ids = restored.map(({ change }) => change.resourceId)
  const people = await settlePeople(tx, directoryId, [...new Set([...ids, ...memberIds])], asAsked)
  const forgotten = await forgetValues(tx, directoryId, differing.flatMap(newValues))
  // Whoever found a manager by what this one was called in between.
  const astray = await settleReports(
    tx,
    directoryId,
    differing.flatMap(({ present }) => present?.userId ?? []),
  )
  const waiting = await findWaitingFor(tx, directoryId, ids)
  const managed = await settlePersons(tx, waiting, { directoryId, steady: true })
  const said = differing.filter(({ before, present }) => !sameJson(before.document, present?.document ?? null))
  const now = [...people].map(
    ([id, one]) => [id, managed.get(one.userId) ?? astray.get(one.userId) ?? forgotten.get(one.userId) ?? one] as const,
  )
  await appendSynced(tx, directoryId, [...revived, ...said].map(toDraft), new Map(now))
  await reportConflicts(tx, undoing, conflicts)
}

/** Keys stand for what they were folded from: folding them again changes nothing. */
function toDraft({ change, before }: RestoredUser) {
  return {
    directoryUserId: change.resourceId,
    document: before.document,
    facts: {
      userName: before.userNameKey,
      externalId: before.externalId,
      displayName: before.displayNameKey,
      active: before.active,
      emails: before.emails.map(({ value_key: value, type_key: type }) => ({ value, ...(type !== null && { type }) })),
    },
    before: before.mapped,
  }
}

/** What the directory said of a person for the first time in the undone run. */
function newValues({ before, present }: RestoredUser): { userId: string; values: Provided }[] {
  if (present === undefined || present.userId === null) return []
  const values = Object.fromEntries(
    Object.entries(present.mapped).filter(([name]) => before.mapped[name] === undefined),
  )
  return Object.keys(values).length === 0 ? [] : [{ userId: present.userId, values }]
}
