import { flattenGroups, type RoleRule, rolesOf } from '@muster/people'
import { fromTypeId, newUuid, toTypeId } from '@muster/runtime/type-ids'
import { seed, times } from '@muster/testkit/effort'
import fc from 'fast-check'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import {
  assignRole,
  countRoles,
  createPerson,
  createRoleMapping,
  type Database,
  deleteRoleMapping,
  findUser,
  listRoles,
  type MappingChange,
  type OrganizationScope,
  previewRoleMapping,
  type Reader,
  read,
  removeRole,
  type Transaction,
  transact,
  updateRoleMapping,
} from '../src/index.ts'
import { finishSettlement } from '../src/settlements/advance-settlement.ts'
import { addDirectory, cause, type TestDirectory, userDocument } from './support/directory.ts'
import { openInstallation } from './support/installation.ts'
import { allUsers, eventsDuring, typesOf } from './support/reading.ts'

const runs = times(5, 60)

/** An organization with two directories, and its verbs, each in a transaction of its own. */
interface Stage {
  database: Database
  scope: OrganizationScope
  directories: readonly TestDirectory[]
  run<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  look<T>(work: (reader: Reader) => Promise<T>): Promise<T>
  /** Makes a change of mappings and lets the people follow. */
  change(work: (tx: Transaction) => Promise<MappingChange | undefined>): Promise<MappingChange | undefined>
}

async function openStage(t: Test): Promise<Stage> {
  const { database, addOrganization } = await openInstallation(t)
  const scope = await addOrganization()
  const directories = [await addDirectory(database, scope, 'Okta'), await addDirectory(database, scope, 'Google')]
  const run = <T>(work: (tx: Transaction) => Promise<T>) => transact(database, scope, cause, work)
  const look = <T>(work: (reader: Reader) => Promise<T>) => read(database, scope, work)
  const change: Stage['change'] = async (work) => {
    const made = await run(work)
    if (made?.settlementId !== undefined) {
      const settled = await finishSettlement(database, scope, made.settlementId, { deadlineMilliseconds: 60_000 })
      if (settled?.status !== 'done') throw new Error('The settlement did not end')
    }
    return made
  }
  return { database, scope, directories, run, look, change }
}

const rolesIn = (user: Record<string, unknown> | undefined) => user?.roles as { id: string; source: string }[]

t.test('roles follow groups, manual ones stay, and one role from two sources is one role', async (t) => {
  const { database, scope, directories, run, look, change } = await openStage(t)
  const [okta] = directories as [TestDirectory]
  const jane = await okta.createUser(userDocument('jane@acme.test'))
  const [id = ''] = [...(await allUsers(database, scope)).keys()].map((key) => fromTypeId('user', key) ?? '')
  const [staff, inner] = [await okta.createGroup('Staff'), await okta.createGroup('Inner', [jane])]
  const during = async (work: () => Promise<unknown>) => typesOf(await eventsDuring(database, scope, work))
  const roles = async () => rolesIn(await look((reader) => findUser(reader, id)))

  const made = await change((tx) => createRoleMapping(tx, { groupName: 'STAFF', roleIds: ['editor', 'viewer'] }))
  t.same(await roles(), [])
  t.same(
    (await during(() => okta.changeMembers(staff, [{ kind: 'add', ids: [inner] }]))).sort(),
    ['directory.group.user_added', 'user.role_assigned', 'user.role_assigned'],
    'by a group inside the mapped one',
  )
  const source = `group:${toTypeId('group', staff)}`
  t.same(await roles(), [
    { id: 'editor', source },
    { id: 'viewer', source },
  ])
  const moved = await eventsDuring(database, scope, () => run((tx) => assignRole(tx, id, 'editor')))
  t.same(typesOf(moved), ['directory.user.updated'], 'a role that is there already gets a source')
  t.match(moved[0], {
    directoryId: null,
    data: { directory: null, changes: { roles: { from: [{}, {}], to: [{}, {}, {}] } } },
  })
  t.same(await during(() => run((tx) => assignRole(tx, id, 'editor'))), [], 'again')
  t.same(await during(() => run((tx) => assignRole(tx, id, 'owner'))), ['user.role_assigned'])

  t.same(await during(() => okta.patchUser(jane, { active: false })), [
    'directory.user.deactivated',
    'directory.user.synced',
  ])
  t.same(await roles(), [
    { id: 'editor', source: 'manual' },
    { id: 'owner', source: 'manual' },
  ])
  await okta.patchUser(jane, { active: true })
  t.equal((await roles()).length, 4, 'all are back, and nobody sent them')

  t.same(await during(() => run((tx) => removeRole(tx, id, 'owner'))), ['user.role_removed'])
  t.match(await run((tx) => removeRole(tx, id, 'owner')), { changed: false })
  t.match(await run((tx) => removeRole(tx, id, 'viewer')), { changed: false }, 'a group gives it')
  t.equal(await run((tx) => assignRole(tx, newUuid(), 'editor')), undefined)
  t.same(await during(() => run((tx) => removeRole(tx, id, 'editor'))), ['directory.user.updated'])

  const mappingId = made?.mapping.roleMappingId ?? ''
  const told = await eventsDuring(database, scope, () =>
    change((tx) => updateRoleMapping(tx, mappingId, () => ({ groupId: inner, roleIds: ['viewer'] }))),
  )
  t.same(
    typesOf(told),
    ['directory.user.updated', 'user.role_removed'],
    'viewer comes from elsewhere, editor from nowhere',
  )
  t.same(await during(() => change((tx) => deleteRoleMapping(tx, mappingId))), ['user.role_removed'])
  t.same(await roles(), [])
  t.equal(await change((tx) => deleteRoleMapping(tx, mappingId)), undefined)
})

t.test('more people than a change takes at once: a settlement brings them their roles', async (t) => {
  const { database, scope, directories, look, change } = await openStage(t)
  const [okta, google] = directories as [TestDirectory, TestDirectory]
  const documents = Array.from({ length: 2_100 }, (_, n) => userDocument(`u${n}@acme.test`))
  const ids = (await okta.createUsers(documents)).flatMap((id) => id ?? [])
  await okta.createGroup('Everyone', ids)
  await google.createGroup('everyone')
  const rule = { groupName: 'Everyone', directoryId: okta.directoryId, roleIds: ['member'] }
  const impact = await look((reader) => previewRoleMapping(reader, { rule }))
  t.same(impact, [{ roleId: 'member', gaining: 2_100, losing: 0 }])
  const events = await eventsDuring(database, scope, async () => {
    const made = await change((tx) => createRoleMapping(tx, rule))
    t.type(made?.settlementId, 'string')
  })
  t.equal(events.filter(({ type }) => type === 'user.role_assigned').length, 2_100)
  t.same(await look((reader) => listRoles(reader, { after: undefined, limit: 10 })), [
    { id: 'member', users: 2_100, mappings: 1 },
  ])
})

t.test('a rule that leads nowhere is refused; roles are listed whether anybody has them or not', async (t) => {
  const { directories, run, look, change } = await openStage(t)
  const [okta, google] = directories as [TestDirectory, TestDirectory]
  const group = await okta.createGroup('Staff')
  const refused: RoleRule[] = [
    { groupId: newUuid(), roleIds: ['a'] },
    { groupName: 'x', directoryId: newUuid(), roleIds: ['a'] },
    { groupId: group, directoryId: google.directoryId, roleIds: ['a'] },
  ]
  for (const rule of refused) {
    await t.rejects(
      change((tx) => createRoleMapping(tx, rule)),
      { code: 'invalidValue', detail: /there is no such|another directory/ },
    )
  }
  await change((tx) => createRoleMapping(tx, { groupId: group, directoryId: okta.directoryId, roleIds: ['a', 'c'] }))
  await change((tx) => createRoleMapping(tx, { groupName: 'of groups to come', roleIds: ['c'] }))
  const person = await run((tx) => createPerson(tx, { values: {}, metadata: {}, state: 'active' }))
  const id = fromTypeId('user', String(person.id)) ?? ''
  for (const role of ['b', 'd', 'c', 'B']) await run((tx) => assignRole(tx, id, role))
  const all = [
    { id: 'B', users: 1, mappings: 0 },
    { id: 'a', users: 0, mappings: 1 },
    { id: 'b', users: 1, mappings: 0 },
    { id: 'c', users: 1, mappings: 2 },
    { id: 'd', users: 1, mappings: 0 },
  ]
  const list = (after: string | undefined, limit: number) => look((reader) => listRoles(reader, { after, limit }))
  t.same(await list(undefined, 10), all)
  for (const [at, { id: after }] of all.entries()) t.same(await list(after, 2), all.slice(at + 1, at + 3))
  t.equal(await look(countRoles), 5)
})

const name = fc.constantFrom('Staff', 'Admins', 'Größe', 'Other')
const role = fc.constantFrom('a', 'b', 'c')
const number = fc.nat({ max: 1_000 })
const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('members' as const), group: number, member: number, adds: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('nest' as const), group: number, member: number, adds: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('active' as const), user: number, active: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('manual' as const), user: number, role, adds: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rename' as const), group: number, name }) },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ kind: fc.constant('mapping' as const), what: fc.constantFrom('create', 'replace', 'delete'), which: number },
      ...{ by: fc.constantFrom('id', 'name', 'nameHere'), group: number, name, directory: fc.nat({ max: 1 }) },
      roles: fc.uniqueArray(role, { minLength: 1, maxLength: 2 }),
    }),
  },
)
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never

interface World {
  stage: Stage
  users: { directory: TestDirectory; id: string; personId: string }[]
  groups: { directory: TestDirectory; id: string }[]
  mappings: { id: string; rule: RoleRule }[]
}

const pick = <T>(values: readonly T[], at: number): T => values[at % values.length] as T

async function fillWorld(stage: Stage): Promise<World> {
  const world: World = { stage, users: [], groups: [], mappings: [] }
  for (const directory of stage.directories) {
    for (const local of ['a', 'b', 'c']) {
      const id = await directory.createUser(userDocument(`${local}@x.test`))
      const [row] = await stage.look(
        async ({ db }) =>
          (await sql<{ user_id: string }>`SELECT user_id FROM user_links WHERE directory_user_id = ${id}`.execute(db))
            .rows,
      )
      world.users.push({ directory, id, personId: row?.user_id ?? '' })
    }
    for (const group of ['STAFF', 'Admins', 'GRÖSSE']) {
      world.groups.push({ directory, id: await directory.createGroup(group) })
    }
  }
  return world
}

async function play(world: World, one: Command): Promise<void> {
  const { stage, users, groups, mappings } = world
  if (one.kind === 'members' || one.kind === 'nest') {
    const group = pick(groups, one.group)
    const candidates = (one.kind === 'members' ? users : groups).filter(
      ({ directory, id }) => directory === group.directory && id !== group.id,
    )
    const { id } = pick(candidates, one.member)
    await group.directory.changeMembers(group.id, [{ kind: one.adds ? 'add' : 'remove', ids: [id] }])
  } else if (one.kind === 'active') {
    const { directory, id } = pick(users, one.user)
    await directory.patchUser(id, { active: one.active })
  } else if (one.kind === 'manual') {
    const { personId } = pick(users, one.user)
    await stage.run((tx) => (one.adds ? assignRole : removeRole)(tx, personId, one.role))
  } else if (one.kind === 'rename') {
    const { directory, id } = pick(groups, one.group)
    await directory.renameGroup(id, one.name).catch((error) => {
      if (error.code !== 'uniqueness') throw error
    })
  } else await changeMapping(world, one, mappings)
}

/** Makes the change and holds the preview to what became of people. */
async function changeMapping(
  { stage, groups }: World,
  one: Command & { kind: 'mapping' },
  mappings: World['mappings'],
) {
  const { directoryId } = pick(stage.directories, one.directory)
  const named = one.by === 'id' ? { groupId: pick(groups, one.group).id } : { groupName: one.name }
  const rule: RoleRule = { ...named, ...(one.by === 'nameHere' && { directoryId }), roleIds: one.roles }
  const known = mappings.length === 0 || one.what === 'create' ? undefined : pick(mappings, one.which)
  const draft = { roleMappingId: known?.id, rule: known && one.what === 'delete' ? null : rule }
  const foreseen = (await stage.look((reader) => previewRoleMapping(reader, draft))) ?? []
  const before = await holders(stage)
  await stage
    .change(async (tx) => {
      if (known === undefined) return createRoleMapping(tx, rule)
      return one.what === 'delete' ? deleteRoleMapping(tx, known.id) : updateRoleMapping(tx, known.id, () => rule)
    })
    .then((made) => {
      if (known === undefined) mappings.push({ id: made?.mapping.roleMappingId ?? '', rule })
      else if (one.what === 'delete') mappings.splice(mappings.indexOf(known), 1)
      else known.rule = rule
    })
  const after = await holders(stage)
  for (const { roleId, gaining, losing } of foreseen) {
    const [was, is] = [before.get(roleId) ?? new Set<string>(), after.get(roleId) ?? new Set<string>()]
    const missing = (these: Set<string>, there: Set<string>) => [...these].filter((id) => !there.has(id)).length
    const seen = [missing(is, was), missing(was, is)]
    if (seen[0] !== gaining || seen[1] !== losing) throw new Error(`${roleId}: ${seen} instead of ${[gaining, losing]}`)
  }
}

/** Role → who has it. */
async function holders({ look }: Stage): Promise<Map<string, Set<string>>> {
  const { rows } = await look(({ db }) =>
    sql<{ role_id: string; user_id: string }>`SELECT role_id, user_id FROM user_roles`.execute(db),
  )
  const byRole = Map.groupBy(rows, (row) => row.role_id)
  return new Map([...byRole].map(([id, own]) => [id, new Set(own.map((row) => row.user_id))]))
}

/** The roles of everybody by the pure functions, from the directory layer and the links alone; and as they are stored. */
async function compare({ stage, mappings }: World): Promise<[wanted: string[], stored: string[]]> {
  const ask = async <T>(query: ReturnType<typeof sql<T>>) => (await stage.look(({ db }) => query.execute(db))).rows
  const people = await ask(sql<{ id: string; state: string }>`SELECT user_id AS id, state FROM users`)
  const links = await ask(
    sql<{ userId: string; id: string; active: boolean }>`
      SELECT user_id AS "userId", directory_user_id AS id, active FROM user_links`,
  )
  const edges = await ask(
    sql<{ groupId: string; userId: string | null; childId: string | null }>`SELECT directory_group_id AS "groupId",
      directory_user_id AS "userId", child_group_id AS "childId" FROM memberships`,
  )
  const groups = await ask(
    sql<{ id: string; name: string; directoryId: string }>`
      SELECT directory_group_id AS id, display_name AS name, directory_id AS "directoryId" FROM directory_groups`,
  )
  const manual = await ask(
    sql<{ userId: string; id: string }>`
      SELECT user_id AS "userId", role_id AS id FROM user_roles WHERE source = 'manual'`,
  )
  const reached = flattenGroups(
    edges.flatMap(({ userId, groupId }) => (userId === null ? [] : [{ userId, groupId }])),
    edges.flatMap(({ childId, groupId }) => (childId === null ? [] : [{ parentId: groupId, childId }])),
  )
  const wanted = people.flatMap(({ id, state }) => {
    const own = state === 'active' ? links.filter((link) => link.userId === id && link.active) : []
    const ids = new Set(own.flatMap((link) => [...(reached.get(link.id)?.keys() ?? [])]))
    const byHand = manual.filter((one) => one.userId === id).map((one) => one.id)
    const rules = mappings.map(({ rule }) => rule)
    const roles = rolesOf(
      groups.filter((group) => ids.has(group.id)),
      rules,
      byHand,
    )
    return roles.map((one) => `${id} ${one.id} ${one.source}`)
  })
  const stored = await ask(sql<{ line: string }>`
    SELECT user_id || ' ' || role_id || ' ' || source AS line FROM user_roles`)
  return [wanted.sort(), stored.map(({ line }) => line).sort()]
}

t.test(`random groups, mappings, roles by hand: SQL and the pure functions agree (seed ${seed})`, async (t) => {
  const plans = fc.sample(fc.array(command, { minLength: 20, maxLength: 50 }), { seed, numRuns: runs })
  for (const [at, commands] of plans.entries()) {
    const world = await fillWorld(await openStage(t))
    for (const one of commands) await play(world, one)
    const [wanted, stored] = await compare(world)
    t.same(stored, wanted, `plan ${at}`)
  }
})
