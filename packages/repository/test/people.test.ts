import { times } from '@muster/testkit/effort'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import {
  type Database,
  deleteDirectory,
  type OrganizationScope,
  settlePeople,
  transact,
  updateOrganization,
} from '../src/index.ts'
import { addDirectory, cause, type TestDirectory, userDocument } from './support/directory.ts'
import { openInstallation } from './support/installation.ts'
import { peopleModel } from './support/people-model.ts'
import { allUsers, eventsDuring, eventsOf, typesOf } from './support/reading.ts'

interface Stage {
  database: Database
  scope: OrganizationScope
  okta: TestDirectory
  google: TestDirectory
}

/** An organization with two directories: the older one ranks first. */
async function openStage(t: Test): Promise<Stage> {
  const { database, addOrganization } = await openInstallation(t)
  const scope = await addOrganization()
  const okta = await addDirectory(database, scope, 'Okta')
  const google = await addDirectory(database, scope, 'Google')
  return { database, scope, okta, google }
}

const people = async ({ database, scope }: Stage) => [...(await allUsers(database, scope)).values()]

const settle = ({ database, scope }: Stage, directory: TestDirectory, ids: readonly string[]) =>
  transact(database, scope, cause, (tx) => settlePeople(tx, directory.directoryId, ids))

function setOrder({ database, scope }: Stage, order: readonly TestDirectory[]) {
  const ids = order.map((directory) => directory.directoryId)
  return transact(database, scope, cause, (tx) =>
    sql`UPDATE organizations SET directory_order = ${ids}::uuid[] WHERE organization_id = ${scope.organizationId}`.execute(
      tx.db,
    ),
  )
}

t.test('who is the same person', async (t) => {
  t.test('one folded email in two directories is one person', async (t) => {
    const stage = await openStage(t)
    await stage.okta.createUser(userDocument('Jane@ACME.test'))
    const events = await eventsDuring(stage.database, stage.scope, () =>
      stage.google.createUser(userDocument('jane@acme.test')),
    )
    t.equal((await people(stage)).length, 1)
    t.notOk(typesOf(events).includes('directory.user.created'), 'the second arrival creates nobody')
    await stage.google.createUser({ userName: 'jdoe', emails: [{ value: 'other@acme.test' }] })
    await stage.google.createUser({ userName: 'no-address' })
    t.equal((await people(stage)).length, 3, 'another address, or none, is another person')
  })

  t.test('two users of one directory never are, whatever they share', async (t) => {
    const stage = await openStage(t)
    const email = { emails: [{ value: 'shared@acme.test' }] }
    await stage.okta.createUsers([
      { userName: 'first', ...email },
      { userName: 'second', ...email },
    ])
    await stage.okta.createUser({ userName: 'third', ...email })
    t.equal((await people(stage)).length, 3)
    await stage.google.createUsers([
      { userName: 'fourth', ...email },
      { userName: 'fifth', ...email },
    ])
    t.equal((await people(stage)).length, 4, 'of two arrivals one joins the claimant')
  })

  t.test('another organization is another world', async (t) => {
    const { database, addOrganization } = await openInstallation(t)
    const [one, two] = [await addOrganization('One'), await addOrganization('Two')]
    for (const scope of [one, two]) {
      const directory = await addDirectory(database, scope)
      await directory.createUser(userDocument('jane@acme.test'))
    }
    const [here, there] = [await allUsers(database, one), await allUsers(database, two)]
    t.equal(here.size, 1)
    t.equal(there.size, 1)
    t.notSame([...here.keys()], [...there.keys()])
  })

  t.test('the policy "never" links nobody, and leaves no address behind for later', async (t) => {
    const stage = await openStage(t)
    const setPolicy = (linkByEmail: 'never' | 'organization') =>
      transact(stage.database, stage.scope, cause, (tx) => updateOrganization(tx, { linkByEmail }))
    await stage.okta.createUser(userDocument('ann@acme.test'))
    const mover = await stage.okta.createUser(userDocument('bob@acme.test'))
    await setPolicy('never')
    await stage.google.createUser(userDocument('ann@acme.test'))
    t.equal((await people(stage)).length, 3)
    await stage.okta.patchUser(mover, { emails: [{ value: 'robert@acme.test' }] })
    await stage.okta.createUser(userDocument('eve@acme.test'))
    await setPolicy('organization')
    await stage.google.createUser(userDocument('bob@acme.test'))
    t.equal((await people(stage)).length, 5, 'an address given up meanwhile leads to nobody')
    await stage.google.createUser(userDocument('eve@acme.test'))
    t.equal((await people(stage)).length, 5, 'a person who came meanwhile is found')
  })

  t.test('a later change of address never relinks, and a freed address is not inherited', async (t) => {
    const stage = await openStage(t)
    const victim = await stage.okta.createUser(userDocument('ceo@acme.test'))
    const attacker = await stage.google.createUser(userDocument('intern@acme.test'))
    await stage.google.patchUser(attacker, { emails: [{ value: 'ceo@acme.test' }] })
    t.equal((await people(stage)).length, 2, 'taking the address does not make one the other')
    await stage.okta.patchUser(victim, { emails: [{ value: 'founder@acme.test' }] })
    await stage.google.createUser({ userName: 'new', emails: [{ value: 'founder@acme.test' }] })
    t.equal((await people(stage)).length, 2, 'the new address leads to the person who has it')
    const third = await addDirectory(stage.database, stage.scope, 'Third')
    await third.createUser({ userName: 'late', emails: [{ value: 'ceo@acme.test' }] })
    const users = await people(stage)
    t.equal(users.length, 3, 'the old address leads to nobody')
    t.equal(users.filter((user) => user.email === 'ceo@acme.test').length, 2)
  })

  t.test('who comes back after a deletion is the same person', async (t) => {
    const stage = await openStage(t)
    const id = await stage.okta.createUser(userDocument('jane@acme.test', { title: 'Engineer' }))
    const [before] = await people(stage)
    await stage.okta.deleteUsers([id])
    const events = await eventsDuring(stage.database, stage.scope, () =>
      stage.okta.createUser(userDocument('jane@acme.test')),
    )
    const [after, ...others] = await people(stage)
    t.equal(others.length, 0)
    t.equal(after?.id, before?.id)
    t.equal(after?.state, 'active')
    t.match(after, { profile: { title: 'Engineer' } }, 'what nobody says any more is kept')
    t.same(typesOf(events), ['directory.user.reactivated', 'directory.user.synced'])
  })

  t.test('100 parallel creates of one human over two directories make one person', async (t) => {
    const stage = await openStage(t)
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        (index % 2 === 0 ? stage.okta : stage.google).createUsers([userDocument('jane@acme.test')]),
      ),
    )
    t.equal(outcomes.flat().filter((id) => id !== undefined).length, 2, 'one in each directory')
    t.equal((await people(stage)).length, 1)
    const types = typesOf(await eventsOf(stage.database, stage.scope))
    t.equal(types.filter((type) => type === 'directory.user.created').length, 1)
  })

  t.test('parallel arrivals of one address under different names meet, too', async (t) => {
    const stage = await openStage(t)
    const email = { emails: [{ value: 'shared@acme.test' }] }
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? stage.okta : stage.google).createUsers([{ userName: `user-${index}`, ...email }]),
      ),
    )
    t.equal((await people(stage)).length, 19, 'each directory gives the claimant at most one of its users')
  })
})

t.test('what a person is made of', async (t) => {
  t.test('the highest rank that provides a value wins, field by field', async (t) => {
    const stage = await openStage(t)
    const inGoogle = await stage.google.createUser(
      userDocument('jane@acme.test', { title: 'Engineer (Google)', externalId: 'g-1', name: { familyName: 'Doe' } }),
    )
    const inOkta = await stage.okta.createUser(userDocument('jane@acme.test', { externalId: 'o-1' }))
    const of = async () => (await people(stage))[0]
    t.match(await of(), { directoryId: stage.okta.typeId, idpId: 'o-1', lastName: 'Doe' }, 'the older directory leads')
    t.match(await of(), { profile: { title: 'Engineer (Google)' } }, 'the younger one fills what the older leaves open')
    await stage.okta.patchUser(inOkta, { title: 'Engineer (Okta)' })
    t.match(await of(), { profile: { title: 'Engineer (Okta)' } })
    await setOrder(stage, [stage.google, stage.okta])
    await settle(stage, stage.okta, [inOkta])
    t.match(await of(), { directoryId: stage.google.typeId, idpId: 'g-1', profile: { title: 'Engineer (Google)' } })
    await setOrder(stage, [stage.google])
    await settle(stage, stage.google, [inGoogle])
    t.match(await of(), { directoryId: stage.google.typeId }, 'who is not listed ranks behind')
  })

  t.test('a value that nobody provides any more stays', async (t) => {
    const stage = await openStage(t)
    const id = await stage.okta.createUser(userDocument('jane@acme.test', { title: 'Engineer', nickName: 'J' }))
    const events = await eventsDuring(stage.database, stage.scope, () =>
      stage.okta.updateUser(id, ({ title, ...rest }) => ({ ...rest, title: '' })),
    )
    t.match((await people(stage))[0], { profile: { title: 'Engineer' } })
    t.same(typesOf(events), ['directory.user.synced'], 'the raw document changed, the person did not')
    await stage.google.createUser(userDocument('jane@acme.test', { title: 'Director' }))
    t.match((await people(stage))[0], { profile: { title: 'Director' } }, 'until somebody provides one')
  })

  t.test('the state is that of the highest-ranked directory that holds the user', async (t) => {
    const stage = await openStage(t)
    const inOkta = await stage.okta.createUser(userDocument('jane@acme.test'))
    const inGoogle = await stage.google.createUser(userDocument('jane@acme.test'))
    const state = async () => (await people(stage))[0]?.state
    await stage.google.patchUser(inGoogle, { active: false })
    t.equal(await state(), 'active', 'a lower rank does not deactivate')
    const events = await eventsDuring(stage.database, stage.scope, () =>
      stage.okta.patchUser(inOkta, { active: false }),
    )
    t.equal(await state(), 'inactive')
    t.same(typesOf(events), ['directory.user.deactivated', 'directory.user.synced'])
    t.ok((await people(stage))[0]?.sessionsRevokedAt instanceof Date)
    await stage.google.patchUser(inGoogle, { active: true })
    t.equal(await state(), 'inactive', 'nor does it reactivate')
    const deletion = await eventsDuring(stage.database, stage.scope, () => stage.okta.deleteUsers([inOkta]))
    t.equal(await state(), 'active', 'when the first directory lets go, the next one decides')
    t.same(typesOf(deletion), ['directory.user.reactivated', 'directory.user.updated'])
    t.match(deletion[1]?.data, {
      changes: { directoryId: { from: stage.okta.typeId, to: stage.google.typeId } },
    })
    const last = await eventsDuring(stage.database, stage.scope, () => stage.google.deleteUsers([inGoogle]))
    t.same(typesOf(last), ['directory.user.deleted'])
    t.match((await people(stage))[0], { state: 'inactive', email: 'jane@acme.test', directoryId: stage.google.typeId })
  })

  t.test('a deleted directory lets go of its people, once', async (t) => {
    const stage = await openStage(t)
    await stage.okta.createUsers([userDocument('both@acme.test'), userDocument('only@acme.test')])
    await stage.google.createUser(userDocument('both@acme.test'))
    const events = await eventsDuring(stage.database, stage.scope, () =>
      transact(stage.database, stage.scope, cause, (tx) => deleteDirectory(tx, stage.okta.directoryId)),
    )
    t.same(typesOf(events).sort(), ['directory.deleted', 'directory.user.deleted', 'directory.user.updated'])
    t.equal(events[0]?.type, 'directory.deleted')
    const users = await people(stage)
    t.same(users.map((user) => [user.email, user.state]).sort(), [
      ['both@acme.test', 'active'],
      ['only@acme.test', 'inactive'],
    ])
  })

  t.test('settling again changes and says nothing', async (t) => {
    const stage = await openStage(t)
    const ids = await stage.okta.createUsers([
      userDocument('a@acme.test'),
      userDocument('b@acme.test', { active: false }),
    ])
    await stage.google.createUser(userDocument('a@acme.test', { title: 'Engineer' }))
    const before = await people(stage)
    const events = await eventsDuring(stage.database, stage.scope, () =>
      settle(
        stage,
        stage.okta,
        ids.filter((id) => id !== undefined),
      ),
    )
    t.same(events, [])
    t.same(await people(stage), before)
  })
})

t.test('groups follow the state of the person', async (t) => {
  const groupNames = async (stage: Stage) =>
    (await people(stage)).flatMap((user) => user.groups as { name: string }[]).map((group) => group.name)

  t.test('they are withdrawn while inactive and come back by themselves', async (t) => {
    const stage = await openStage(t)
    const id = await stage.okta.createUser(userDocument('jane@acme.test'))
    const group = await stage.okta.createGroup('Engineering', [id])
    t.same(await groupNames(stage), ['Engineering'])
    const off = await eventsDuring(stage.database, stage.scope, () => stage.okta.patchUser(id, { active: false }))
    t.same(await groupNames(stage), [])
    t.match(off[0]?.data, { user: { state: 'inactive', groups: [] } })
    t.same(await stage.okta.memberIds(group), [id], 'the directory layer keeps the membership')
    const on = await eventsDuring(stage.database, stage.scope, () => stage.okta.patchUser(id, { active: true }))
    t.match(on[0], { type: 'directory.user.reactivated', data: { user: { groups: [{ name: 'Engineering' }] } } })
    t.same(await groupNames(stage), ['Engineering'])
  })

  t.test('those of one directory come and go with its user, and the log says so', async (t) => {
    const stage = await openStage(t)
    await stage.okta.createUser(userDocument('jane@acme.test'))
    const inGoogle = await stage.google.createUser(userDocument('jane@acme.test'))
    await stage.google.createGroup('Docs', [inGoogle])
    t.same(await groupNames(stage), ['Docs'])
    const [person] = await people(stage)
    const off = await eventsDuring(stage.database, stage.scope, () =>
      stage.google.patchUser(inGoogle, { active: false }),
    )
    t.same(await groupNames(stage), [], 'the person is active, but not by this directory')
    t.same(typesOf(off), ['directory.group.user_removed', 'directory.user.synced'])
    t.same(off[0]?.data.userIds, [person?.id])
    const on = await eventsDuring(stage.database, stage.scope, () => stage.google.patchUser(inGoogle, { active: true }))
    t.same(typesOf(on), ['directory.group.user_added', 'directory.user.synced'])
    const gone = await eventsDuring(stage.database, stage.scope, () => stage.google.deleteUsers([inGoogle]))
    t.same(typesOf(gone), ['directory.group.user_removed'], 'the person stays, its group does not')
    t.same(gone[0]?.data.userIds, [person?.id])
    t.same(await groupNames(stage), [])
  })
})

t.test('random operations agree with a model of a few lines', async (t) => {
  const installation = await openInstallation(t)
  const runs = times(15, 300)
  const failures = await peopleModel({ ...installation, runs })
  t.same(failures, undefined)
})
