import { fromTypeId, toTypeId } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import type { ExplainReason } from '../src/explain/reasons.ts'
import { deleteDirectory, explainReasons, setDirectoryPaused, transact } from '../src/index.ts'
import { settlePersons } from '../src/people/settling/settle-persons.ts'
import { cause, type TestDirectory, userDocument } from './support/directory.ts'
import { type ExplainStage, openExplainStage, reasonsSeen } from './support/explaining.ts'
import { openInstallation } from './support/installation.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
/** Given in explain-absence.test.ts. */
const reasonsOfAbsence = new Set<string>([
  ...(['neverSent', 'directoryUnused', 'directoryFailing'] as const),
  ...(['linkByEmailNever', 'domainNotVerified', 'personTaken', 'linkedOnArrival'] as const),
  ...(['waitsForHook', 'vetoedByHook'] as const),
] satisfies ExplainReason[])
const open = async (t: Test, options?: { guarded?: boolean }) => openExplainStage(await openInstallation(t), options)
const groupRef = (id: string, name: string) => ({ id: toTypeId('group', id), name })
const reasonsOf = (reasons: readonly { reason: string }[] | undefined) => reasons?.map(({ reason }) => reason)

/** What an administrator enters, or pins. */
async function giveValue(stage: ExplainStage, userId: string, column: 'manual' | 'pinned', values: object) {
  await transact(stage.database, stage.scope, cause, async (tx) => {
    await sql`UPDATE users SET ${sql.ref(column)} = ${JSON.stringify(values)}
      WHERE organization_id = ${tx.organizationId} AND user_id = ${userId}`.execute(tx.db)
    await settlePersons(tx, [userId], { directoryId: null })
  })
}

t.test('the state: which link decides, and why each counts or does not', async (t) => {
  const stage = await open(t)
  const { okta, google } = stage
  const inOkta = await okta.createUser(userDocument('jane@acme.test'))
  const inGoogle = await google.createUser(userDocument('jane@acme.test', { active: false }))
  const userId = await stage.personOf(okta, inOkta)
  const state = async () => (await stage.explain(userId)).state
  const first = await state()
  t.match(first, { value: 'active', reason: 'decidingLinkActive', text: explainReasons.decidingLinkActive })
  t.match(first.links, [
    { directoryId: okta.typeId, directory: { name: 'Okta', type: 'SCIM' }, directoryUserId: inOkta, active: true },
    { directoryId: google.typeId, directoryUserId: inGoogle, active: false, activeInDirectory: false, hold: null },
  ])
  t.strictSame(
    first.links.map(({ decides }) => decides),
    [true, false],
  )
  t.strictSame(
    first.links.map(({ reasons }) => reasonsOf(reasons)),
    [['counts'], ['inactiveInDirectory']],
  )

  await stage.order(google, okta)
  t.match(await state(), { value: 'active', reason: 'notSettledYet' }, 'the new order has not arrived')
  await stage.settle()
  t.match(await state(), { value: 'inactive', reason: 'decidingLinkInactive' })
  await transact(stage.database, stage.scope, cause, (tx) => setDirectoryPaused(tx, google.directoryId, true))
  t.strictSame(reasonsOf((await state()).links[0]?.reasons), ['inactiveInDirectory', 'directoryPaused'])

  await google.deleteUsers([inGoogle])
  await okta.deleteUsers([inOkta])
  t.match(await state(), { value: 'inactive', reason: 'lastLinkGone', links: [] })
  await transact(stage.database, stage.scope, cause, (tx) =>
    sql`UPDATE users SET directory_id = NULL WHERE organization_id = ${tx.organizationId}`.execute(tx.db),
  )
  t.match(await state(), { reason: 'neverInDirectory', links: [] })
})

t.test('filters: which one, whose, and the group behind it', async (t) => {
  const stage = await open(t)
  const { okta } = stage
  const id = await okta.createUser(userDocument('jane@acme.test', { title: 'Engineer' }))
  const userId = await stage.personOf(okta, id)
  const inner = await okta.createGroup('Night shift', [id])
  const outer = await okta.createGroup('Contractors')
  await okta.changeMembers(outer, [{ kind: 'add', ids: [inner] }])
  const reasons = async () => (await stage.explain(userId)).state.links[0]?.reasons
  await stage.filterBy({ excludeGroups: ['contractors'] })
  t.strictSame(reasonsOf(await reasons()), ['inExcludedGroup', 'notSettledYet'], 'what will be, and that it is not yet')
  await stage.settle()
  t.match(await reasons(), [
    { reason: 'inExcludedGroup', scope: 'organization', group: groupRef(outer, 'Contractors') },
  ])
  t.match((await stage.explain(userId)).groups, [], 'who is filtered out has no groups')
  await stage.filterBy({})
  await stage.filterBy(
    { includeGroups: ['Staff'], customFilters: { title: ['Director'], 'name.givenName': ['X'] } },
    okta,
  )
  await stage.settle()
  t.match(await reasons(), [
    { reason: 'notInIncludedGroup', scope: 'directory' },
    { reason: 'customFilter', scope: 'directory', key: 'title' },
    { reason: 'customFilter', scope: 'directory', key: 'name.givenName' },
  ])
  await stage.filterBy({ includeActive: true }, okta)
  await okta.patchUser(id, { active: false })
  await stage.settle()
  t.strictSame(reasonsOf(await reasons()), ['inactiveInDirectory', 'onlyActiveAreIncluded'])
})

t.test('what waits in a hold counts, and says since when', async (t) => {
  const stage = await open(t, { guarded: true })
  const { okta, google } = stage
  const id = await okta.createUser(userDocument('jane@acme.test', { title: 'Engineer' }))
  const left = await okta.createGroup('Left', [id])
  const gone = await okta.createGroup('Gone', [id])
  const stays = await okta.createGroup('Stays', [id])
  const userId = await stage.personOf(okta, id)
  const none = { removalsMax: 0 }
  const guard = JSON.stringify({ users: none, groups: none, memberships: none })
  await stage.configure((tx) =>
    sql`UPDATE organizations SET guard = ${guard} WHERE organization_id = ${tx.organizationId}`.execute(tx.db),
  )
  await okta.changeMembers(left, [{ kind: 'remove', ids: [id] }])
  await okta.deleteGroup(gone)
  const groups = async () => (await stage.explain(userId)).groups
  const hold = { id: /^hold_/, since: /^\d{4}-.*Z$/ }
  t.match(await groups(), [
    { name: 'Gone', has: true, reason: 'removalHeld', way: null, hold },
    { name: 'Left', has: true, reason: 'removalHeld', way: null, hold },
    { name: 'Stays', has: true, reason: 'member', way: [groupRef(stays, 'Stays')], hold: null },
  ])
  await okta.patchUser(id, { active: false })
  const link = async () => (await stage.explain(userId)).state.links[0]
  t.match(await link(), { active: true, activeInDirectory: false, hold, decides: true })
  t.strictSame(reasonsOf((await link())?.reasons), ['inactiveInDirectory', 'removalHeld'])
  t.match(await groups(), [{}, {}, { name: 'Stays', way: [groupRef(stays, 'Stays')], reason: 'removalHeld', hold }])
  await okta.deleteUsers([id])
  t.match(await link(), { active: true, activeInDirectory: null, hold })
  t.strictSame(reasonsOf((await link())?.reasons), ['goneFromDirectory', 'removalHeld'])
  t.match(await stage.explain(userId, { attribute: 'title' }), {
    attributes: [{ name: 'title', value: 'Engineer', source: 'directory', directoryId: okta.typeId }],
    attribute: { directories: [{ reason: 'goneFromDirectory', value: 'Engineer' }] },
  })
  const found = await stage.explainAbsence({ by: 'directoryUserId', value: id })
  t.match(found.directoryUsers, [{ userId: toTypeId('user', userId), state: 'active', directory: { name: 'Okta' } }])
  t.equal(found.directoryUsers.length, 1)
  // The guard holds the deletion of a directory as a whole, and only of people whom no other one holds.
  await google.createUser(userDocument('eve@acme.test'))
  await transact(stage.database, stage.scope, cause, (tx) => deleteDirectory(tx, google.directoryId))
  const { users } = await stage.explainAbsence({ by: 'email', value: 'eve@acme.test' })
  t.match(users, [{ state: 'active', reason: 'heldByDirectory' }])
  const eve = await stage.explain(fromTypeId('user', users[0]?.id ?? '') ?? '', { attribute: 'email' })
  t.match(eve.state.links, [{ directoryId: google.typeId, directory: null, decides: true, active: true }])
  t.match(eve.attribute?.directories, [{ expression: null, value: 'eve@acme.test', reason: 'goneFromDirectory' }])
})

t.test('values: who says them, who else, and why there is none', async (t) => {
  const stage = await open(t)
  const { okta, google } = stage
  const inOkta = await okta.createUser(
    userDocument('jane@acme.test', { title: 'Engineer', [enterprise]: { costCenter: 'C1' } }),
  )
  await google.createUser(userDocument('jane@acme.test', { title: 'Director' }))
  const userId = await stage.personOf(okta, inOkta)
  await giveValue(stage, userId, 'manual', { title: 'By hand', location: 'Bonn' })
  const about = async (attribute: string) => (await stage.explain(userId, { attribute })).attributes[0]
  const fromGoogle = { value: 'Director', source: 'directory', directoryId: google.typeId }
  const byHand = { value: 'By hand', source: 'manual', directoryId: null }
  const fromOkta = { value: 'Engineer', source: 'directory', directoryId: okta.typeId }
  t.match(await about('title'), { ...fromOkta, reason: 'valueFromDirectory', losing: [fromGoogle, byHand] })
  t.match(await about('location'), { value: 'Bonn', source: 'manual', reason: 'valueByHand', losing: [] })
  await giveValue(stage, userId, 'pinned', { title: 'Pinned' })
  t.match(await about('title'), { value: 'Pinned', source: 'pinned', reason: 'valuePinned' })
  t.strictSame((await about('title'))?.losing, [fromOkta, fromGoogle, byHand])
  await okta.patchUser(inOkta, { [enterprise]: {} })
  t.match(await about('costCenter'), { value: 'C1', source: 'kept', reason: 'valueKept', losing: [] })
  t.match(await about('employeeId'), { value: null, source: null, reason: 'valueMissing' })

  await stage.configure((tx) =>
    sql`UPDATE directories SET mapping = '{"title":null,"department":"displayName"}' WHERE organization_id = ${tx.organizationId}
      AND directory_id = ${okta.directoryId}`.execute(tx.db),
  )
  await stage.settle()
  const { attribute, attributes } = await stage.explain(userId, { attribute: 'title' })
  t.equal(attributes.length, 1, 'asked for one, the others are left out')
  t.match(attribute, {
    name: 'title',
    directories: [
      { directoryId: okta.typeId, directoryUserId: inOkta, expression: null, value: null, reason: 'notMapped' },
      { directoryId: google.typeId, expression: 'title', value: 'Director', reason: 'provided' },
    ],
  })
  const department = (await stage.explain(userId, { attribute: 'department' })).attribute?.directories[0]
  t.match(department, { expression: 'displayName', value: null, reason: 'nothingFound' })

  await giveValue(stage, userId, 'pinned', {})
  await giveValue(stage, userId, 'manual', {})
  await okta.patchUser(inOkta, { displayName: 'Sales' })
  t.match(await about('department'), fromOktaSaying('Sales', okta), 'what the mapping finds now')
  await stage.configure((tx) =>
    sql`UPDATE users SET pinned = '{"department":"New","startDate":"2026"}' WHERE organization_id = ${tx.organizationId}`.execute(
      tx.db,
    ),
  )
  t.match(await about('department'), { ...fromOktaSaying('Sales', okta), reason: 'notSettledYet' }, 'still as it was')
  t.match(await about('startDate'), { value: null, reason: 'notSettledYet', losing: [{ value: '2026' }] })
  t.equal((await stage.explain(userId)).attribute, undefined)
})

function fromOktaSaying(value: string, okta: TestDirectory) {
  return { value, source: 'directory', directoryId: okta.typeId }
}

t.test('the manager: where the reference leads', async (t) => {
  const stage = await open(t)
  const { okta } = stage
  const boss = await okta.createUser(userDocument('boss@acme.test', { externalId: 'boss' }))
  const id = await okta.createUser(userDocument('jane@acme.test', { externalId: 'jane' }))
  const [bossId, userId] = [await stage.personOf(okta, boss), await stage.personOf(okta, id)]
  const manager = async () => (await stage.explain(userId)).manager
  const refer = (value: string) => okta.patchUser(id, { [enterprise]: { manager: { value } } })
  t.match(await manager(), { managerId: null, reference: null, reason: 'noManagerReference' })
  await refer('nobody')
  t.match(await manager(), { managerId: null, reference: 'nobody', directoryUserId: null, reason: 'managerUnknown' })
  await refer('jane')
  t.match(await manager(), { managerId: null, directoryUserId: id, reason: 'managerIsSelf' })
  await refer('boss')
  const managerId = toTypeId('user', bossId)
  t.match(await manager(), { managerId, directoryId: okta.typeId, directoryUserId: boss, reason: 'managerResolved' })
  await okta.patchUser(id, { [enterprise]: {} })
  // What a person shows once stays, the reference included; only a person without any keeps a bare manager.
  t.match(await manager(), { managerId, reason: 'managerKept' })
  await stage.filterBy({ customFilters: { externalId: ['jane'] } })
  const late = await okta.createUser(userDocument('late@acme.test', { externalId: 'late' }))
  await refer('late')
  t.match(await manager(), { managerId: null, directoryUserId: late, reason: 'managerWithoutPerson' })
  await transact(stage.database, stage.scope, cause, (tx) =>
    sql`UPDATE users SET manager_id = ${bossId} WHERE organization_id = ${tx.organizationId} AND user_id = ${userId}`.execute(
      tx.db,
    ),
  )
  t.match(await manager(), { managerId, reason: 'notSettledYet' })
})

t.test('groups and roles: the way in, and what is missing first', async (t) => {
  const stage = await open(t)
  const { okta, google } = stage
  const id = await okta.createUser(userDocument('jane@acme.test'))
  const userId = await stage.personOf(okta, id)
  const team = await okta.createGroup('Team', [id])
  const unit = await okta.createGroup('Unit', [team])
  const all = await okta.createGroup('All', [unit, id])
  const other = await okta.createGroup('Other')
  const abroad = await google.createGroup('Abroad')
  const direct = await stage.mapRoles({ groupId: unit, roleIds: ['developer'] })
  const byName = await stage.mapRoles({ groupName: 'UNIT', roleIds: ['developer', 'reader'] })
  const missing = {
    other: await stage.mapRoles({ groupId: other, roleIds: ['auditor'] }),
    abroad: await stage.mapRoles({ groupName: 'Abroad', directoryId: google.directoryId, roleIds: ['auditor'] }),
    nowhere: await stage.mapRoles({ groupName: 'Nowhere', roleIds: ['auditor'] }),
  }
  const fresh = await stage.explain(userId, { roleId: 'developer' })
  t.match(fresh.role, { has: false, missing: [{ reason: 'notSettledYet', has: true }, { reason: 'notSettledYet' }] })
  await stage.settle()
  await transact(stage.database, stage.scope, cause, (tx) =>
    sql`INSERT INTO user_roles (organization_id, user_id, role_id, source)
      VALUES (${tx.organizationId}, ${userId}, 'reader', 'manual')`.execute(tx.db),
  )
  const now = await stage.explain(userId, { roleId: 'developer', groupId: unit })
  const way = [groupRef(team, 'Team'), groupRef(unit, 'Unit')]
  t.match(now.groups, [
    { ...groupRef(all, 'All'), directoryId: okta.typeId, reason: 'member', way: [groupRef(all, 'All')] },
    { ...groupRef(team, 'Team'), reason: 'member' },
    { ...groupRef(unit, 'Unit'), reason: 'nestedMember', way },
  ])
  t.match(now.group, { ...groupRef(unit, 'Unit'), has: true, way })
  const mapped = [direct, byName].sort().map((uuid) => toTypeId('roleMapping', uuid))
  const source = `group:${toTypeId('group', unit)}`
  t.strictSame(now.role?.missing, [])
  t.match(now.role, {
    has: true,
    sources: [{ source, roleMappingIds: mapped, reason: 'assignedByMapping', group: { way } }],
  })
  t.match(now.roles, [
    { id: 'developer', sources: [{}] },
    {
      id: 'reader',
      sources: [
        { source, roleMappingIds: [mapped.at(mapped.indexOf(toTypeId('roleMapping', byName)))] },
        { source: 'manual', reason: 'assignedByHand', group: null },
      ],
    },
  ])

  const auditor = (await stage.explain(userId, { roleId: 'auditor' })).role
  const step = (uuid: string) =>
    auditor?.missing.find(({ roleMappingId }) => roleMappingId === toTypeId('roleMapping', uuid))
  t.match(step(missing.other), { ...groupRef(other, 'Other'), has: false, reason: 'notMember', way: null })
  t.match(step(missing.abroad), { ...groupRef(abroad, 'Abroad'), reason: 'notInDirectory' })
  t.match(step(missing.nowhere), { id: null, name: 'Nowhere', directoryId: null, reason: 'groupUnknown' })
  t.equal(auditor?.missing.length, 3)
  t.match((await stage.explain(userId, { roleId: 'nobody-s' })).role, {
    has: false,
    missing: [{ reason: 'noMapping' }],
  })
  const unknown = await stage.explain(userId, { groupId: stage.scope.organizationId })
  t.match(unknown.group, { id: toTypeId('group', stage.scope.organizationId), has: false, reason: 'groupUnknown' })

  await okta.patchUser(id, { active: false })
  const inactive = await stage.explain(userId, { roleId: 'developer', groupId: all })
  t.match(inactive, { groups: [], roles: [{ id: 'reader', sources: [{ source: 'manual' }] }] })
  t.match(inactive.group, {
    has: false,
    way: [groupRef(all, 'All')],
    reason: 'linkInactive',
    because: [{ reason: 'inactiveInDirectory' }],
  })
  t.match(inactive.role?.missing[0], { reason: 'linkInactive', because: [{ reason: 'inactiveInDirectory' }] })
  const twin = await google.createUser(userDocument('jane@acme.test'))
  await google.changeMembers(abroad, [{ kind: 'add', ids: [twin] }])
  const asleep = await stage.explain(userId, { groupId: abroad })
  t.match(asleep.group, { has: false, reason: 'personInactive', way: [groupRef(abroad, 'Abroad')] })
})

t.test('every reason was given once', async (t) => {
  const never = Object.keys(explainReasons).filter((reason) => !reasonsSeen.has(reason))
  t.strictSame(
    never.filter((reason) => !reasonsOfAbsence.has(reason)),
    [],
  )
})
