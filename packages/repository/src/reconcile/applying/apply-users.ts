import { sameJson } from '@muster/scim'
import { connectionOf } from '../../database/database.ts'
import type { Transaction } from '../../database/transaction.ts'
import { referenceKeys } from '../../directory-users/columns.ts'
import { insertUsers } from '../../directory-users/create.ts'
import { toGone } from '../../directory-users/delete.ts'
import { removeDirectoryUsers } from '../../directory-users/remove.ts'
import { appendSynced } from '../../directory-users/synced.ts'
import { storeDocuments } from '../../directory-users/update.ts'
import { findWaiting } from '../../people/settling/managers.ts'
import { settlePeople } from '../../people/settling/settle-people.ts'
import { settlePersons } from '../../people/settling/settle-persons.ts'
import { settingsOf } from '../../settings/directory-settings.ts'
import { noteProblems } from '../note-problems.ts'
import type { SaidUser } from '../staged-page.ts'
import { addEdges, removeEdges } from './apply-edges.ts'
import type { Applying, Change } from './batch.ts'
import { type KnownUser, lockKnownUsers } from './known-users.ts'
import { type Before, noteBefore } from './note-before.ts'
import { readStaged, type Staged } from './read-staged.ts'
import { forgetRecords, noteMissing, noteReturned, rememberRecords, withEffect } from './remember-records.ts'
import { storeStates } from './store-states.ts'
import { differs, toDraft } from './user-drafts.ts'

/** What a batch goes by. */
interface Users {
  changes: readonly Change[]
  known: ReadonlyMap<string, KnownUser>
  staged: ReadonlyMap<string, Staged<SaidUser>>
}

type Draft = ReturnType<typeof toDraft>

/**
 * Makes users what the source says, with their memberships, and settles their people. Whoever would lose something keeps it, in
 * the holds of the run that is under way.
 */
export async function applyUsers(tx: Transaction, applying: Applying, batch: readonly Change[]): Promise<void> {
  const { directoryId, staged } = applying
  const changes = batch.filter(({ kind }) => kind === 'user')
  const there = changes.filter(({ effect }) => effect !== 'create').map(({ resourceId }) => resourceId)
  const users: Users = {
    changes,
    known: await lockKnownUsers(tx, directoryId, there),
    staged: await readStaged<SaidUser>(tx, applying, changes),
  }
  const created = await createUsers(tx, applying, users)
  const updated = await updateUsers(tx, applying, users)
  await turnUsers(tx, applying, users)
  const edges = batch.filter(({ kind }) => kind === 'membership')
  await removeEdges(tx, applying, withEffect(edges, 'remove'))
  await addEdges(tx, applying, withEffect(edges, 'add'))
  const gone = await deleteUsers(tx, applying, users)
  await remember(tx, applying, users, created)
  await noteBefore(tx, applying, notesOn(users, updated.versions))
  const ids = new Set([...changes, ...edges].map(({ resourceId }) => resourceId))
  for (const { id } of gone) ids.delete(id)
  const people = await settlePeople(tx, directoryId, [...ids, ...gone], {
    guard: { kind: 'hold', holdId: staged.users },
    memberships: { kind: 'hold', holdId: staged.memberships },
    managers: created.length > 0 || updated.hasManagers,
  })
  await appendSynced(tx, directoryId, [...created, ...updated.synced], people)
  await settleReports(tx, applying, updated.drafts, users)
}

/** Who turns out to have a name that is taken is reported, and left for the next run. */
async function createUsers(tx: Transaction, applying: Applying, users: Users): Promise<Draft[]> {
  const { directoryId } = applying
  const drafts = draftsOf(withEffect(users.changes, 'create'), users)
  if (drafts.length === 0) return []
  const rows = await insertUsers(tx, directoryId, drafts, await settingsOf(tx, directoryId))
  tx.count(directoryId, 'users', rows.length)
  const stored = new Set(rows.map((row) => row.directory_user_id))
  const refused = drafts.filter(({ directoryUserId }) => !stored.has(directoryUserId))
  const problems = refused.map(({ facts }) => ({
    code: 'userNameTaken',
    kind: 'user' as const,
    sourceId: facts.externalId ?? '',
    detail: 'Another user of the directory has the same userName.',
  }))
  await noteProblems(connectionOf(tx.db), { organizationId: tx.organizationId, runId: applying.runId }, problems)
  return drafts.filter(({ directoryUserId }) => stored.has(directoryUserId))
}

async function updateUsers(tx: Transaction, { directoryId }: Applying, { changes, known, staged }: Users) {
  const drafts = draftsOf(withEffect(changes, 'update'), { changes, known, staged }).flatMap((draft) => {
    const before = known.get(draft.directoryUserId)
    return before !== undefined && differs(draft, before) ? [{ draft, before }] : []
  })
  if (drafts.length === 0) return { drafts: [], versions: new Map<string, number>(), hasManagers: false, synced: [] }
  const rows = await storeDocuments(
    tx,
    directoryId,
    drafts.map(({ draft }) => draft),
    await settingsOf(tx, directoryId),
  )
  return {
    drafts: drafts.map(({ draft }) => draft),
    versions: new Map(rows.map((row) => [row.directory_user_id, row.version])),
    hasManagers: rows.some((row) => row.has_manager),
    synced: drafts.filter(({ draft, before }) => !sameJson(draft.document, before.document)).map(({ draft }) => draft),
  }
}

/** Whoever was settled before, and refers to one of these by what it is called from now on, has its manager only now. */
async function settleReports(
  tx: Transaction,
  { directoryId }: Applying,
  drafts: readonly Draft[],
  { staged }: Users,
): Promise<void> {
  if (drafts.length === 0) return
  const references = drafts.flatMap(({ directoryUserId }) => staged.get(directoryUserId)?.referenceKeys ?? [])
  const waiting = await findWaiting(tx, [...referenceKeys(drafts), ...references])
  await settlePersons(tx, waiting, { directoryId, steady: true })
}

/** Who is missing turns inactive; who is back, and was not read, is again what its source said last. */
async function turnUsers(tx: Transaction, { directoryId }: Applying, { changes, known }: Users): Promise<void> {
  const turned = withEffect(changes, 'deactivate', 'return').flatMap(({ effect, resourceId }) => {
    const user = known.get(resourceId)
    return user === undefined ? [] : [{ user, active: effect === 'return' && (user.source?.active ?? true) }]
  })
  await storeStates(tx, directoryId, turned)
  await noteMissing(
    tx,
    withEffect(changes, 'deactivate').map(({ resourceId }) => resourceId),
  )
  await noteReturned(
    tx,
    withEffect(changes, 'return').map(({ resourceId }) => resourceId),
  )
}

async function deleteUsers(tx: Transaction, { directoryId }: Applying, { changes }: Users) {
  const ids = withEffect(changes, 'delete').map(({ resourceId }) => resourceId)
  if (ids.length === 0) return []
  const rows = await removeDirectoryUsers(tx, directoryId, ids)
  await forgetRecords(tx, ids)
  return rows.map(toGone)
}

async function remember(tx: Transaction, applying: Applying, users: Users, created: readonly Draft[]): Promise<void> {
  const stored = new Set(created.map(({ directoryUserId }) => directoryUserId))
  const taken = withEffect(users.changes, 'create', 'update').filter(
    ({ effect, resourceId }) => effect === 'update' || stored.has(resourceId),
  )
  const records = taken.flatMap(({ resourceId, sourceId }) => {
    const read = users.staged.get(resourceId)
    if (read === undefined || sourceId === null) return []
    const { hash, referenceKeys, said } = read
    return [{ kind: 'user' as const, sourceId, resourceId, hash, referenceKeys, active: said.active }]
  })
  await rememberRecords(tx, applying, records)
}

/** Of new ones there was nothing before. */
function notesOn({ changes, known }: Users, versions: ReadonlyMap<string, number>): Before[] {
  return changes.flatMap((change) => {
    const before = known.get(change.resourceId)
    if (before === undefined) return []
    const turned = change.effect === 'deactivate' || change.effect === 'return'
    const version = turned ? before.version + 1 : (versions.get(change.resourceId) ?? before.version)
    return [{ change, before: { ...before }, version }]
  })
}

function draftsOf(changes: readonly Change[], { known, staged }: Users): Draft[] {
  return changes.flatMap(({ resourceId, sourceId }) => {
    const read = staged.get(resourceId)
    return read === undefined || sourceId === null
      ? []
      : [toDraft(resourceId, sourceId, read.said, known.get(resourceId))]
  })
}
