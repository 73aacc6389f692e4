import { toTypeId } from '@muster/runtime/type-ids'
import { seed, times } from '@muster/testkit/effort'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import {
  countArrivals,
  type Database,
  deleteHook,
  finishArrivals,
  type HookDraft,
  listArrivals,
  nextArrivalRound,
  type OrganizationScope,
  read,
  transact,
  updateHook,
  updateOrganization,
} from '../src/index.ts'
import { addDirectory, cause, type TestDirectory, userDocument } from './support/directory.ts'
import { comparableGroups, comparableUsers, foldEvents } from './support/fold.ts'
import { type Application, addHook, playApplication, proceedWithAll, rootKeys } from './support/hooks.ts'
import { openInstallation } from './support/installation.ts'
import { playerOf, randomCommands } from './support/random-commands.ts'
import { allGroups, allUsers, eventsDuring, eventsOf, typesOf } from './support/reading.ts'

interface Stage {
  database: Database
  scope: OrganizationScope
  okta: TestDirectory
  google: TestDirectory
  hookId: string
  play(application: Application): Promise<number[]>
  people(): Promise<Record<string, unknown>[]>
  waiting(state?: 'waiting' | 'vetoed'): Promise<number>
}

async function openStage(t: Test, draft: Partial<HookDraft> = {}): Promise<Stage> {
  const { database, addOrganization } = await openInstallation(t)
  const scope = await addOrganization()
  const [okta, google] = [await addDirectory(database, scope, 'Okta'), await addDirectory(database, scope, 'Google')]
  const { hookId } = await addHook(database, scope, draft)
  return {
    ...{ database, scope, okta, google, hookId },
    play: (application) => playApplication(database, scope, application),
    people: async () => [...(await allUsers(database, scope)).values()],
    waiting: (state = 'waiting') => read(database, scope, (reader) => countArrivals(reader, state)),
  }
}

const about =
  (change: (user: Record<string, unknown>) => object): Application =>
  (users) => ({
    decisions: users.map((user) => ({ id: user.id, ...change(user) })),
  })

const asksNobody: Application = () => {
  throw new Error('Nobody is to be asked about')
}

/** As if the time of rest were over. */
const rested = ({ database, scope }: Stage) =>
  transact(database, scope, cause, async ({ db, organizationId }) => {
    await sql`UPDATE hooks SET retry_at = NULL WHERE organization_id = ${organizationId}`.execute(db)
    await sql`UPDATE arrivals SET ask_at = now() WHERE organization_id = ${organizationId}`.execute(db)
  })

t.test('a new person waits for the hook, and is what it made of it', async (t) => {
  const stage = await openStage(t)
  const { database, scope, okta } = stage
  const group = await okta.createGroup('Engineering')
  const jane = await okta.createUser(
    userDocument('jane@acme.test', { name: { givenName: 'Jane', familyName: 'Doe' }, title: 'Engineer' }),
  )
  await okta.changeMembers(group, [{ kind: 'add', ids: [jane] }])
  t.strictSame(await stage.people(), [], 'nobody yet')
  t.equal(await stage.waiting(), 1)
  let shown: Record<string, unknown> = {}
  const events = await eventsDuring(database, scope, () =>
    stage.play((users, { directory }) => {
      t.match(directory, { name: 'Okta', organization: { name: 'Acme' } })
      const [user = {}] = users
      shown = user
      const profile = { ...(user.profile as object), title: 'Principal', costCenter: '', floor: 3 }
      const changed = { ...user, firstName: 'Janet', lastName: null, profile, customAttributes: { shift: 'early' } }
      const more = { preferences: { theme: 'dark' }, metadata: { plan: 'pro' }, state: 'inactive', roles: ['x'] }
      return { decisions: [{ id: user.id, action: 'proceed', user: { ...changed, ...more } }, { id: 'user_none' }, 7] }
    }),
  )
  t.match(shown, { firstName: 'Jane', email: 'jane@acme.test', groups: [{ name: 'Engineering' }], metadata: {} })
  const [person] = await stage.people()
  t.match(person, {
    id: shown.id,
    ...{ firstName: 'Janet', lastName: 'Doe', state: 'active', roles: [], groups: [{ name: 'Engineering' }] },
    profile: { title: 'Principal', costCenter: null },
    customAttributes: { shift: 'early' },
    pinned: ['customAttributes.shift', 'firstName', 'title'],
    metadata: { preferences: { theme: 'dark' }, plan: 'pro', profile: { floor: 3 } },
  })
  t.strictSame(typesOf(events), ['directory.user.created', 'directory.user.synced'])
  t.match(events[0], { cause, data: { user: { id: shown.id, firstName: 'Janet' } } }, 'caused by what brought it')
  t.equal(await stage.waiting(), 0)
  await okta.patchUser(jane, { title: 'Director', name: { givenName: 'J.', familyName: 'Roe' } })
  t.match((await stage.people())[0], { firstName: 'Janet', lastName: 'Roe', profile: { title: 'Principal' } })
})

t.test('a veto makes nobody, until the document is another one', async (t) => {
  const stage = await openStage(t)
  const jane = await stage.okta.createUser(userDocument('jane@acme.test'))
  const events = await eventsDuring(stage.database, stage.scope, () =>
    stage.play(about(() => ({ action: 'veto', reason: 'x'.repeat(600) }))),
  )
  t.strictSame(typesOf(events), [])
  t.strictSame([await stage.people(), await stage.waiting()], [[], 0])
  const [vetoed] = await read(stage.database, stage.scope, (reader) =>
    listArrivals(reader, 'vetoed', { after: undefined, limit: 10 }),
  )
  t.match(vetoed, { directoryUserId: jane, reason: 'x'.repeat(500), error: null })
  const group = await stage.okta.createGroup('Engineering', [jane])
  t.strictSame(await stage.play(proceedWithAll), [], 'a group is no reason to ask again')
  await stage.okta.patchUser(jane, { title: 'Engineer' })
  t.strictSame(await stage.play(proceedWithAll), [1])
  t.match(await stage.people(), [{ id: toTypeId('user', vetoed?.userId ?? ''), profile: { title: 'Engineer' } }])
  t.equal((await stage.okta.memberIds(group)).length, 1)
})

t.test('who is somebody already is not asked about', async (t) => {
  const stage = await openStage(t)
  await stage.okta.createUser(userDocument('jane@acme.test'))
  await stage.google.createUser(userDocument('JANE@acme.test'))
  t.equal(await stage.waiting(), 2)
  t.strictSame(await stage.play(proceedWithAll), [1], 'when the second is to be asked about, the first is there')
  await stage.google.createUser(userDocument('john@acme.test'))
  await stage.play(proceedWithAll)
  const events = await eventsDuring(stage.database, stage.scope, () =>
    stage.okta.createUser(userDocument('john@acme.test', { title: 'Pilot' })),
  )
  t.strictSame(typesOf(events), ['directory.user.updated', 'directory.user.synced'], 'linked at once')
  t.equal(await stage.waiting(), 0)
  t.equal((await stage.people()).length, 2)
})

t.test('an address that the hook gives is the one that counts', async (t) => {
  const stage = await openStage(t)
  await stage.okta.createUser(userDocument('jane@old.test'))
  await stage.play(about((user) => ({ action: 'proceed', user: { ...user, email: 'Jane@New.test' } })))
  await stage.google.createUser(userDocument('jane@new.test'))
  t.match(await stage.people(), [{ email: 'Jane@New.test', pinned: ['email'] }], 'one person')
  await stage.google.createUser(userDocument('jane@old.test'))
  await stage.play(about((user) => ({ action: 'proceed', user: { ...user, email: 'jane@new.test' } })))
  const people = await stage.people()
  t.equal(people.length, 2, 'the old address leads to nobody, and two of one directory are never one')
})

t.test('while the hook fails, its policy decides', async (t) => {
  const stage = await openStage(t)
  const { database, scope, okta } = stage
  await okta.createUser(userDocument('jane@acme.test'))
  const failing = await eventsDuring(database, scope, () => stage.play(() => 'timeout'))
  t.match(failing, [{ type: 'hook.failing', data: { hook: { kind: 'before_create', error: 'timeout' } } }])
  t.strictSame([await stage.people(), await stage.waiting()], [[], 1])
  await rested(stage)
  t.strictSame(typesOf(await eventsDuring(database, scope, () => stage.play(() => ({ not: 'as agreed' })))), [])
  t.match(await nextArrivalRound(database, scope.organizationId, rootKeys), { state: 'later', inSeconds: Number })
  await rested(stage)
  const recovered = await eventsDuring(database, scope, () => stage.play(proceedWithAll))
  t.strictSame(typesOf(recovered), ['directory.user.created', 'directory.user.synced', 'hook.recovered'])

  await transact(database, scope, cause, (tx) => updateHook(tx, stage.hookId, { policy: 'proceed' }))
  await okta.createUser(userDocument('john@acme.test'))
  const made = await eventsDuring(database, scope, () => stage.play(() => 'connect'))
  t.strictSame(typesOf(made), ['directory.user.created', 'directory.user.synced', 'hook.failing'])
  t.equal((await stage.people()).length, 2)
})

const unusable: Record<string, object> = {
  'no decision': {},
  'no action': { action: 'maybe' },
  'a user that is none': { action: 'proceed', user: 'jane' },
  'a value that is no text': { action: 'proceed', user: { firstName: 7 } },
  'a text that is too long': { action: 'proceed', user: { profile: { title: 'x'.repeat(4_097) } } },
  'an address that is none': { action: 'proceed', user: { email: 'jane' } },
  'a profile that is a list': { action: 'proceed', user: { profile: [] } },
  'a custom attribute with an odd name': { action: 'proceed', user: { customAttributes: { 'a b': 'c' } } },
  'too many custom attributes': {
    action: 'proceed',
    user: { customAttributes: Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`a${index}`, 'x'])) },
  },
  'too much metadata': { action: 'proceed', user: { metadata: { text: 'x'.repeat(65_536) } } },
  'metadata that is too deep': {
    action: 'proceed',
    user: { metadata: JSON.parse(`${'{"a":'.repeat(20)}1${'}'.repeat(20)}`) },
  },
  'a member that could reach a prototype': { action: 'proceed', user: JSON.parse('{"__proto__":{"a":1}}') },
  'a text that cannot be stored': { action: 'proceed', user: { notes: '\0' } },
}

t.test('what is not usable about one user is that one alone', async (t) => {
  const stage = await openStage(t)
  const names = Object.keys(unusable)
  const spoilt = new Map(names.map((_, index) => [`user-${index}@acme.test`, Object.values(unusable)[index]]))
  await stage.okta.createUsers([...spoilt.keys(), 'jane@acme.test'].map((name) => userDocument(name)))
  const application: Application = (users) => ({
    decisions: users.flatMap((user) => {
      const decision = spoilt.get(String(user.email)) ?? { action: 'proceed' }
      return Object.keys(decision).length === 0 ? [] : [{ id: user.id, ...decision }]
    }),
  })
  const events = await eventsDuring(stage.database, stage.scope, () => stage.play(application))
  t.match(await stage.people(), [{ email: 'jane@acme.test' }])
  t.match(events.at(-1), { type: 'hook.failing', data: { hook: { error: 'invalidDecision' } } })
  const waiting = await read(stage.database, stage.scope, (reader) =>
    listArrivals(reader, 'waiting', { after: undefined, limit: 100 }),
  )
  t.equal(waiting.length, names.length)
  for (const [index, { error }] of waiting.entries()) {
    t.ok(error !== null && error.length < 200, `${names[index]}: ${error}`)
  }
  await stage.okta.createUser(userDocument('john@acme.test'))
  t.strictSame(await stage.play(application), [1], 'those who rest hold up nobody')
  await rested(stage)
  const ended = await eventsDuring(stage.database, stage.scope, () => stage.play(proceedWithAll))
  t.equal(typesOf(ended).at(-1), 'hook.recovered')
  t.equal((await stage.people()).length, names.length + 2)
})

t.test('what happens while somebody waits', async (t) => {
  const stage = await openStage(t)
  const { database, scope, okta } = stage
  const [jane, john] = (
    await okta.createUsers(['jane@acme.test', 'john@acme.test', 'jill@acme.test'].map((name) => userDocument(name)))
  ).map(String)
  const round = await nextArrivalRound(database, scope.organizationId, rootKeys)
  t.match(round, { state: 'ask' })
  t.match(await nextArrivalRound(database, scope.organizationId, rootKeys), { state: 'later' }, 'one call at a time')
  await okta.patchUser(String(jane), { title: 'Engineer' })
  await okta.deleteUsers([String(john)])
  await transact(database, scope, cause, ({ db, organizationId }) =>
    sql`UPDATE hooks SET leased_until = NULL WHERE organization_id = ${organizationId}`.execute(db),
  )
  // Somebody whose turn was over is as late as it may be.
  t.strictSame(await stage.play(proceedWithAll), [2])
  if (round.state !== 'ask') throw new Error('Nobody is asked about')
  const late = { decisions: round.question.arrivals.map(({ id }) => ({ id, action: 'veto' })) }
  const events = await eventsDuring(database, scope, () =>
    finishArrivals(database, round.question, { status: 200, body: JSON.stringify(late) }),
  )
  t.strictSame(typesOf(events), [], 'the answer comes too late')
  t.match(
    (await stage.people()).map(({ email }) => email),
    ['jane@acme.test', 'jill@acme.test'],
  )
  t.match((await stage.people())[0], { profile: { title: 'Engineer' } })
  t.strictSame([await stage.waiting(), await stage.waiting('vetoed')], [0, 0])
})

t.test('an answer about an older document is not used', async (t) => {
  const stage = await openStage(t)
  const jane = await stage.okta.createUser(userDocument('jane@acme.test'))
  let asked = 0
  const round = await nextArrivalRound(stage.database, stage.scope.organizationId, rootKeys)
  if (round.state !== 'ask') throw new Error('Nobody is asked about')
  await stage.okta.patchUser(jane, { title: 'Engineer' })
  const decisions = round.question.arrivals.map(({ id }) => ({ id, action: 'veto' }))
  await finishArrivals(stage.database, round.question, { status: 200, body: JSON.stringify({ decisions }) })
  t.strictSame([await stage.waiting(), await stage.waiting('vetoed')], [1, 0])
  await stage.play((users) => {
    asked++
    return proceedWithAll(users, round.question)
  })
  t.equal(asked, 1)
  t.match(await stage.people(), [{ profile: { title: 'Engineer' } }])
})

t.test('many arrive: calls of 500, in order of arrival', async (t) => {
  const stage = await openStage(t)
  const documents = Array.from({ length: 1_200 }, (_, index) => userDocument(`user-${index}@acme.test`))
  await stage.okta.createUsers(documents)
  await stage.google.createUsers([userDocument('other@acme.test')])
  const seen: unknown[] = []
  const calls = await stage.play((users, question) => {
    seen.push(...users.map(({ email }) => email))
    return proceedWithAll(users, question)
  })
  t.strictSame(calls, [500, 500, 200, 1])
  t.strictSame(seen, [...documents.map(({ userName }) => userName), 'other@acme.test'])
  t.equal((await stage.people()).length, 1_201)
})

t.test('a hook that is switched off or removed lets everybody in', async (t) => {
  const stage = await openStage(t)
  const { database, scope, okta, hookId } = stage
  await okta.createUser(userDocument('jane@acme.test'))
  await stage.play(about(() => ({ action: 'veto' })))
  await okta.createUser(userDocument('john@acme.test'))
  await transact(database, scope, cause, (tx) => updateHook(tx, hookId, { status: 'disabled' }))
  t.strictSame(await stage.play(asksNobody), [])
  t.match(await stage.people(), [{ email: 'john@acme.test' }])
  t.equal(await stage.waiting('vetoed'), 1, 'a veto stays')
  t.equal(await transact(database, scope, cause, (tx) => deleteHook(tx, hookId)), true)
  t.strictSame(await stage.play(asksNobody), [])
  t.equal((await stage.people()).length, 2)
  const events = await eventsDuring(database, scope, () => okta.createUser(userDocument('jill@acme.test')))
  t.strictSame(typesOf(events), ['directory.user.created', 'directory.user.synced'], 'at once again')
  t.equal(await transact(database, scope, cause, (tx) => deleteHook(tx, hookId)), false)
})

t.test('a filter that keeps somebody out ends the waiting; managers find their people', async (t) => {
  const stage = await openStage(t)
  const { database, scope, okta } = stage
  const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
  await okta.createUser(userDocument('jane@acme.test', { [enterprise]: { manager: { value: 'boss@acme.test' } } }))
  const john = await okta.createUser(userDocument('john@acme.test'))
  await okta.createUser(userDocument('boss@acme.test'))
  await transact(database, scope, cause, async ({ db, organizationId }) => {
    const filters = JSON.stringify({ includeActive: true })
    await sql`UPDATE organizations SET sync_filters = ${filters}, settings_version = settings_version + 1
      WHERE organization_id = ${organizationId}`.execute(db)
  })
  await okta.patchUser(john, { active: false })
  t.equal(await stage.waiting(), 2)
  await stage.play(proceedWithAll)
  const people = await stage.people()
  const boss = people.find(({ email }) => email === 'boss@acme.test')
  t.match(
    people.find(({ email }) => email === 'jane@acme.test'),
    { managerId: boss?.id },
  )
  t.equal(people.length, 2)
})

t.test('linking is the organization’s policy also for those who wait', async (t) => {
  const stage = await openStage(t)
  await transact(stage.database, stage.scope, cause, (tx) => updateOrganization(tx, { linkByEmail: 'never' }))
  await stage.okta.createUser(userDocument('jane@acme.test'))
  await stage.google.createUser(userDocument('jane@acme.test'))
  t.strictSame(await stage.play(proceedWithAll), [1, 1])
  t.equal((await stage.people()).length, 2)
})

t.test('random commands, and a hook that vetoes and changes some: the log folds to the tables', async (t) => {
  const stage = await openStage(t)
  const { database, scope } = stage
  const player = playerOf([stage.okta, stage.google])
  const whims = randomCommands(seed + 1, times(250, 2_000))
  const application: Application = (users) => ({
    decisions: users.map((user) => {
      const { picks, target, title } = whims.pop() ?? { picks: [], target: 0, title: undefined }
      if (target % 5 === 0) return { id: user.id, action: 'veto' }
      const email = picks.length === 3 ? `human-${target % 40}@acme.test` : user.email
      const changed = { ...user, email, profile: { ...(user.profile as object), department: title } }
      return { id: user.id, action: target % 7 === 0 ? 'nonsense' : 'proceed', user: changed }
    }),
  })
  const others = async (commands: ReturnType<typeof randomCommands>) => {
    for (const command of commands) await player(command)
  }
  for (let turn = 0; turn < 20; turn++) {
    await Promise.all([
      others(randomCommands(seed + 2 + turn, 10)),
      others(randomCommands(seed + 100 + turn, 10)),
      stage.play(application),
    ])
    await rested(stage)
  }
  await stage.play(application)
  const folded = foldEvents(await eventsOf(database, scope))
  t.strictSame(folded.complaints, [], `nothing in the log contradicts it (seed ${seed})`)
  const [users, groups] = [await allUsers(database, scope), await allGroups(database, scope)]
  const sorted = <T>(map: Map<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
  t.same(
    comparableUsers(sorted(folded.users), folded.members),
    comparableUsers(sorted(users) as never),
    `users (seed ${seed})`,
  )
  t.same(comparableGroups(sorted(folded.groups)), comparableGroups(sorted(groups) as never), `groups (seed ${seed})`)
  t.ok(users.size > 0)
})
