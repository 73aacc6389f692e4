import { MusterError } from '@muster/runtime/errors'
import fc from 'fast-check'
import { sql } from 'kysely'
import {
  approveHold,
  assignRole,
  createPerson,
  createRoleMapping,
  type Database,
  deleteRoleMapping,
  erasePerson,
  finishSettlement,
  listHolds,
  listRoleMappings,
  listSettlements,
  type OrganizationScope,
  read,
  rejectHold,
  removeRole,
  type Transaction,
  transact,
  updatePerson,
} from '../../src/index.ts'
import { cause, type TestDirectory } from './directory.ts'
import { stageOf } from './settings-stage.ts'

const kinds = {
  nest: 4,
  editPerson: 6,
  createPerson: 2,
  erasePerson: 1,
  giveRole: 3,
  takeRole: 2,
  mapRole: 2,
  unmapRole: 1,
  filter: 2,
  map: 1,
  rank: 1,
  decide: 3,
  forget: 2,
} as const

type Kind = keyof typeof kinds

/** What an administrator does, or a source that puts groups into each other; numbers are reduced to what is there. */
export interface Deed {
  kind: Kind
  directory: number
  target: number
  other: number
  yes: boolean
  text: string
}

const number = fc.nat({ max: 1_000_000 })

/** Deeds of all kinds. */
export function randomDeeds(seed: number, count: number): Deed[] {
  const weighed = Object.entries(kinds) as [Kind, number][]
  const kind = fc.oneof(...weighed.map(([name, weight]) => ({ weight, arbitrary: fc.constant(name) })))
  const deed: fc.Arbitrary<Deed> = fc.record({
    ...{ kind, directory: number, target: number, other: number, yes: fc.boolean() },
    text: fc.constantFrom('Engineer', 'By hand', 'Sales'),
  })
  return fc.sample(deed, { seed, numRuns: count })
}

interface Stage {
  database: Database
  scope: OrganizationScope
  directories: readonly TestDirectory[]
}

/** Answers with a function that does one deed. What Muster refuses to an administrator, such as a taken address, passes. */
export function administratorOf(stage: Stage): (deed: Deed) => Promise<unknown> {
  return (one) => deeds[one.kind](stage, one).catch(passIfRefused)
}

/** Ends what was begun and cut off. */
export async function finishEverything({ database, scope }: Stage): Promise<void> {
  const page = { after: undefined, limit: 1_000 }
  const running = await read(database, scope, (reader) => listSettlements(reader, { status: 'running' }, page))
  await finish(
    { database, scope },
    running.map(({ settlementId }) => settlementId),
  )
}

const refusals = new Set(['conflict', 'uniqueness', 'invalidValue'])

function passIfRefused(error: unknown): void {
  if (!(error instanceof MusterError && refusals.has(error.code))) throw error
}

const deeds: Record<Kind, (stage: Stage, deed: Deed) => Promise<unknown>> = {
  async nest(stage, { directory, target, other, yes }) {
    const source = pick(stage.directories, directory)
    const groups = (await groupsOf(stage)).filter((group) => group.directoryId === source?.directoryId)
    const [parent, child] = [pick(groups, target), pick(groups, other)]
    if (parent === undefined || child === undefined || parent === child) return
    await source?.changeMembers(parent.id, [{ kind: yes ? 'add' : 'remove', ids: [child.id] }])
  },
  editPerson: (stage, { other, yes, text, target }) =>
    onPerson(stage, target, (tx, userId) => {
      const [name, value] = [pick(['title', 'department', 'nickname'], other) ?? '', yes ? text : null]
      const edits = [
        { values: { [name]: value } },
        { values: { [name]: text }, pinned: [name] },
        { values: {}, pinned: [] },
        { values: {}, metadata: yes ? { note: text } : null },
        { values: {}, state: yes ? 'active' : 'inactive' },
        { values: { email: `human-${other % 40}@acme.test` } },
      ] as const
      return updatePerson(tx, userId, pick(edits, other) ?? { values: {} })
    }),
  createPerson: (stage, { target, yes, text }) => {
    const values = { title: text, ...(yes && { email: `human-${target % 40}@acme.test` }) }
    return perform(stage, (tx) => createPerson(tx, { values, metadata: {}, state: 'active' }))
  },
  erasePerson: (stage, { target }) => onPerson(stage, target, erasePerson),
  giveRole: (stage, { target, other }) =>
    onPerson(stage, target, (tx, userId) => assignRole(tx, userId, `role-${other % 3}`)),
  takeRole: (stage, { target, other }) =>
    onPerson(stage, target, (tx, userId) => removeRole(tx, userId, `role-${other % 3}`)),
  async mapRole(stage, { target, other, yes }) {
    const group = pick(await groupsOf(stage), target)
    if (group === undefined) return
    const rule = { ...(yes ? { groupId: group.id } : { groupName: group.name }), roleIds: [`role-${other % 3}`] }
    const { settlementId } = await perform(stage, (tx) => createRoleMapping(tx, rule))
    await finish(stage, [settlementId])
  },
  async unmapRole(stage, { target }) {
    const page = { after: undefined, limit: 1_000 }
    const mapping = pick(await read(stage.database, stage.scope, (reader) => listRoleMappings(reader, page)), target)
    if (mapping === undefined) return
    const change = await perform(stage, (tx) => deleteRoleMapping(tx, mapping.roleMappingId))
    await finish(stage, [change?.settlementId])
  },
  async filter(stage, { directory, target, other, yes }) {
    const group = pick(await groupsOf(stage), target)
    const filters = {
      excludeGroups: yes && group !== undefined ? [group.name] : [],
      includeActive: other % 4 === 0,
      customFilters: other % 5 === 0 ? { title: ['Engineer', 'Director'] } : {},
    }
    await stageOf(stage.database, stage.scope).change(
      { filters },
      other % 3 === 0 ? undefined : pick(stage.directories, directory),
    )
  },
  map: (stage, { directory, yes }) =>
    stageOf(stage.database, stage.scope).change(
      { mapping: yes ? { title: 'first(nickName, title)', 'customAttributes.kind': 'title' } : {} },
      pick(stage.directories, directory),
    ),
  rank: (stage, { yes }) =>
    stageOf(stage.database, stage.scope).change({
      order: yes ? stage.directories : [...stage.directories].reverse(),
    }),
  async decide(stage, { target, yes }) {
    const page = { after: undefined, limit: 100 }
    const open = await read(stage.database, stage.scope, (reader) => listHolds(reader, { status: 'open' }, page))
    const hold = pick(open, target)
    if (hold === undefined) return
    if (yes) await finish(stage, [await perform(stage, (tx) => approveHold(tx, hold.holdId))])
    else await perform(stage, (tx) => rejectHold(tx, hold.holdId))
  },
  // An hour goes by.
  forget: (stage) => perform(stage, (tx) => sql`DELETE FROM removal_counts`.execute(tx.db)),
}

function perform<T>({ database, scope }: Stage, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return transact(database, scope, cause, work)
}

async function onPerson(
  stage: Stage,
  target: number,
  work: (tx: Transaction, userId: string) => Promise<unknown>,
): Promise<void> {
  const ids = await read(stage.database, stage.scope, ({ db }) =>
    db.selectFrom('users').select('user_id').orderBy('user_id').execute(),
  )
  const person = pick(ids, target)
  if (person !== undefined) await perform(stage, (tx) => work(tx, person.user_id))
}

function groupsOf({ database, scope }: Stage): Promise<{ id: string; name: string; directoryId: string }[]> {
  return read(database, scope, ({ db }) =>
    db
      .selectFrom('groups')
      .select(['group_id as id', 'name', 'directory_id as directoryId'])
      .orderBy('group_id')
      .execute(),
  )
}

async function finish(
  { database, scope }: Pick<Stage, 'database' | 'scope'>,
  settlementIds: readonly (string | undefined)[],
): Promise<void> {
  for (const id of settlementIds) {
    if (id !== undefined) await finishSettlement(database, scope, id, { deadlineMilliseconds: 60_000 })
  }
}

function pick<T>(from: readonly T[], number: number): T | undefined {
  return from[number % Math.max(from.length, 1)]
}
