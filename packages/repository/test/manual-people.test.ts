import { fromTypeId, toTypeId } from '@muster/runtime/type-ids'
import { seed, times } from '@muster/testkit/effort'
import fc from 'fast-check'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import {
  createPerson,
  type Database,
  findUser,
  type OrganizationScope,
  type PersonChanges,
  type PersonDraft,
  read,
  transact,
  updatePerson,
} from '../src/index.ts'
import { settlePersons } from '../src/people/settling/settle-persons.ts'
import { addDirectory, cause, type TestDirectory, userDocument } from './support/directory.ts'
import { openInstallation } from './support/installation.ts'
import { allUsers, eventsDuring, typesOf } from './support/reading.ts'

const runs = times(12, 200)

interface Stage {
  database: Database
  scope: OrganizationScope
}

async function openStage(t: Test): Promise<Stage> {
  const { database, addOrganization } = await openInstallation(t)
  return { database, scope: await addOrganization() }
}

type View = Record<string, unknown> & { profile: Record<string, string | null> }

async function create({ database, scope }: Stage, draft: Partial<PersonDraft>): Promise<string> {
  const whole = { values: {}, metadata: {}, state: 'active' as const, ...draft }
  const user = await transact(database, scope, cause, (tx) => createPerson(tx, whole))
  return fromTypeId('user', String(user.id)) ?? ''
}

function update({ database, scope }: Stage, userId: string, changes: Partial<PersonChanges>) {
  return transact(database, scope, cause, (tx) => updatePerson(tx, userId, { values: {}, ...changes }))
}

async function view({ database, scope }: Stage, userId: string): Promise<View> {
  return (await read(database, scope, (reader) => findUser(reader, userId))) as View
}

async function onlyPerson({ database, scope }: Stage): Promise<string> {
  const ids = [...(await allUsers(database, scope)).keys()]
  if (ids.length !== 1) throw new Error(`${ids.length} people`)
  return fromTypeId('user', ids[0] ?? '') ?? ''
}

t.test('a person without a directory, whom a directory finds later', async (t) => {
  const stage = await openStage(t)
  const { database, scope } = stage
  let id = ''
  const created = await eventsDuring(database, scope, async () => {
    id = await create(stage, {
      values: { email: 'Jane@Acme.test', title: 'Founder', 'customAttributes.floor': '3' },
      metadata: { plan: 'pro' },
    })
  })
  t.same(typesOf(created), ['directory.user.created'])
  t.match(created[0], {
    directoryId: null,
    data: { user: { email: 'Jane@Acme.test', directoryId: null }, directory: null },
  })
  t.match(await view(stage, id), {
    profile: { title: 'Founder' },
    customAttributes: { floor: '3' },
    metadata: { plan: 'pro' },
  })

  await t.rejects(create(stage, { values: { email: 'jane@ACME.test' } }), {
    code: 'uniqueness',
    detail: `Another person has this address: ${toTypeId('user', id)}.`,
  })
  const okta = await addDirectory(database, scope, 'Okta')
  const linked = await eventsDuring(database, scope, () =>
    okta.createUser(userDocument('jane@acme.test', { title: 'Engineer', active: false })),
  )
  t.equal(await onlyPerson(stage), id, 'the same person')
  t.same(typesOf(linked).slice(0, 2), ['directory.user.deactivated', 'directory.user.updated'])
  t.match(linked[1]?.data, { changes: { title: { from: 'Founder', to: 'Engineer' }, directoryId: { from: null } } })
  t.match(await view(stage, id), { state: 'inactive', email: 'jane@acme.test', customAttributes: { floor: '3' } })
  await t.rejects(update(stage, id, { state: 'active' }), { code: 'conflict', detail: new RegExp(okta.typeId) })
  t.ok(await update(stage, id, { state: 'inactive' }), 'what the directory says may be repeated')
})

t.test('a manual value ranks below directories, a pinned one above, and a withdrawn one leaves no trace', async (t) => {
  const stage = await openStage(t)
  const { database, scope } = stage
  const okta = await addDirectory(database, scope, 'Okta')
  const jane = await okta.createUser(userDocument('jane@acme.test', { title: 'Engineer', displayName: 'J' }))
  const id = await onlyPerson(stage)
  const titleAfter = async (changes: Partial<PersonChanges>) => {
    await update(stage, id, changes)
    return (await view(stage, id)).profile.title
  }
  const silent = await eventsDuring(database, scope, () => update(stage, id, { values: { title: 'By hand' } }))
  t.same(silent, [], 'nobody sees it')
  t.equal((await view(stage, id)).profile.title, 'Engineer')
  await okta.updateUser(jane, ({ title, ...document }) => document)
  t.equal((await view(stage, id)).profile.title, 'By hand', 'the directory says nothing any more')
  await okta.patchUser(jane, { title: 'Engineer' })
  t.equal(await titleAfter({ pinned: ['title'] }), 'By hand', 'pinned at the manual value')
  await okta.patchUser(jane, { title: 'Director' })
  t.equal((await view(stage, id)).profile.title, 'By hand')
  t.equal(await titleAfter({ values: { title: 'Queen' } }), 'Queen', 'a pinned value is changed where it stands')
  t.same((await view(stage, id)).pinned, ['title'])
  t.equal(await titleAfter({ pinned: [] }), 'Director')
  t.equal(await titleAfter({ pinned: ['title'] }), 'Queen', 'what was unpinned is a manual value')
  t.equal(await titleAfter({ values: { title: null } }), 'Director', 'withdrawn, and its pin with it')
  t.same((await view(stage, id)).pinned, [])
  t.equal(await titleAfter({ pinned: ['title'] }), 'Director', 'pinned at what is shown')
  t.equal(await titleAfter({ values: { title: null } }), 'Director')

  await update(stage, id, { values: { location: 'Bern' } })
  const events = await eventsDuring(database, scope, () => update(stage, id, { values: { location: null } }))
  t.match(events[0]?.data, { changes: { location: { from: 'Bern', to: null } } })
  t.equal((await view(stage, id)).profile.location, null, 'forgotten')
  await t.rejects(update(stage, id, { pinned: ['location'] }), { code: 'invalidValue', detail: /pinned\[0\]/ })
  await t.rejects(update(stage, id, { pinned: ['emailKey'] }), { code: 'invalidValue' })
})

t.test('an address by hand is looked up, claimed and given up like any other', async (t) => {
  const stage = await openStage(t)
  const { database, scope } = stage
  const [ann, bob] = [await create(stage, { values: { email: 'ann@x.test' } }), await create(stage, {})]
  await t.rejects(update(stage, bob, { values: { email: 'ANN@x.test' } }), { code: 'uniqueness' })
  await update(stage, ann, { values: { email: 'Anna@x.test' } })
  await update(stage, bob, { values: { email: 'ann@x.test' } })
  const okta = await addDirectory(database, scope)
  await okta.createUser(userDocument('anna@x.test', { title: 'A' }))
  await okta.createUser(userDocument('ann@x.test', { title: 'B' }))
  t.match(await view(stage, ann), { email: 'anna@x.test', profile: { title: 'A' } })
  t.match(await view(stage, bob), { email: 'ann@x.test', profile: { title: 'B' } })
  await update(stage, ann, { values: { email: 'pinned@x.test' }, pinned: ['email'] })
  t.match(await view(stage, ann), { email: 'pinned@x.test', pinned: ['email'] })
  const keys = await read(database, scope, async ({ db }) =>
    (await sql<{ k: string }>`SELECT email_key AS k FROM email_claims ORDER BY 1`.execute(db)).rows.map(({ k }) => k),
  )
  t.same(keys, ['ann@x.test', 'pinned@x.test'])
})

t.test('metadata, state, last login: each told as it is meant', async (t) => {
  const stage = await openStage(t)
  const { database, scope } = stage
  const id = await create(stage, { values: { firstName: 'Jane' }, metadata: { a: { b: 1, c: [1] }, keep: true } })
  const patched = await eventsDuring(database, scope, () =>
    update(stage, id, { metadata: { a: { b: null, d: { e: null, f: 2 } }, list: [null] } }),
  )
  const after = { a: { c: [1], d: { f: 2 } }, keep: true, list: [null] }
  t.same((await view(stage, id)).metadata, after)
  t.same(patched[0]?.data.changes, { metadata: { from: { a: { b: 1, c: [1] }, keep: true }, to: after } })

  const { updatedAt } = await view(stage, id)
  const same = await eventsDuring(database, scope, async () => {
    await update(stage, id, { values: { firstName: 'Jane' }, metadata: { keep: true }, state: 'active', pinned: [] })
    await update(stage, id, {})
    await update(stage, id, { lastLoginAt: new Date('2026-01-02T03:04:05Z') })
  })
  t.same(same, [])
  t.match(await view(stage, id), { updatedAt, lastLoginAt: new Date('2026-01-02T03:04:05Z') })

  const turned = await eventsDuring(database, scope, async () => {
    await update(stage, id, { state: 'inactive', values: { lastName: 'Doe' } })
    await update(stage, id, { state: 'active' })
  })
  t.same(typesOf(turned), ['directory.user.deactivated', 'directory.user.updated', 'directory.user.reactivated'])
  t.type((await view(stage, id)).sessionsRevokedAt, Date)

  await t.rejects(update(stage, id, { metadata: { big: 'x'.repeat(65_536) } }), { code: 'invalidValue' })
  const deep = JSON.parse(`${'{"a":'.repeat(17)}1${'}'.repeat(17)}`)
  await t.rejects(update(stage, id, { metadata: deep }), { code: 'invalidValue' })
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`customAttributes.a${n}`, 'x']))
  await t.rejects(update(stage, id, { values: many }), { code: 'invalidValue' })
  t.equal(await update(stage, '01900000-0000-7000-8000-000000000000', {}), undefined)
})

t.test('one address in ten hands at once: one person has it, and a directory finds that one', async (t) => {
  const stage = await openStage(t)
  const okta = await addDirectory(stage.database, stage.scope)
  const values = { email: 'jane@acme.test' }
  const [arrival, ...attempts] = await Promise.allSettled([
    okta.createUser(userDocument('jane@acme.test')),
    ...Array.from({ length: 10 }, () => create(stage, { values })),
  ])
  const refused = attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [attempt.reason.code] : []))
  t.equal(arrival?.status, 'fulfilled')
  t.same(new Set(refused), new Set(['uniqueness']))
  t.ok(refused.length >= 9, `${refused.length} were refused`)
  t.ok(await onlyPerson(stage))
})

const attribute = fc.constantFrom('title', 'location', 'email', 'lastName')
const text = fc.constantFrom('a@x.test', 'b@x.test', 'c')
type Step = { directory: number; title: string | undefined; location: string | undefined } | { by: PersonChanges }
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    ...{ directory: fc.nat({ max: 1 }), title: fc.option(text, { nil: undefined }) },
    location: fc.option(text, { nil: undefined }),
  }),
  fc.record({
    by: fc.record({
      values: fc.dictionary(attribute, fc.option(text), { maxKeys: 3 }),
      pinned: fc.option(fc.uniqueArray(attribute, { maxLength: 2 }), { nil: undefined }),
    }),
  }),
)

/** Whatever came before, merging again changes nothing, and what is stored keeps its order. */
async function play(
  t: Test,
  stage: Stage,
  directories: readonly TestDirectory[],
  { userName, steps }: { userName: string; steps: readonly Step[] },
) {
  const { database, scope } = stage
  const users: string[] = []
  for (const directory of directories) users.push(await directory.createUser(userDocument(userName)))
  const [found] = await read(database, scope, async ({ db }) =>
    (
      await sql<{ id: string }>`SELECT user_id AS id FROM user_links WHERE directory_user_id = ${users[0]}`.execute(db)
    ).rows.map(({ id }) => id),
  )
  const id = found ?? ''
  for (const one of steps) {
    if ('by' in one) {
      await update(stage, id, one.by).catch((error) => {
        if (!['invalidValue', 'uniqueness'].includes(error.code)) throw error
      })
    } else {
      const { directory, ...said } = one
      const document = { ...userDocument(userName), ...JSON.parse(JSON.stringify({ title: said.title })) }
      if (said.location !== undefined) document.addresses = [{ formatted: said.location, locality: said.location }]
      await directories[directory]?.updateUser(users[directory] ?? '', () => document)
    }
    const before = await view(stage, id)
    const events = await eventsDuring(database, scope, () =>
      transact(database, scope, cause, (tx) => settlePersons(tx, [id], { directoryId: null })),
    )
    const { rows } = await read(database, scope, ({ db }) =>
      sql<{
        attributes: object
        manual: object
        pinned: object
      }>`SELECT attributes, manual, pinned FROM users WHERE user_id = ${id}`.execute(db),
    )
    const { manual = {}, pinned = {}, attributes = {} } = rows[0] ?? {}
    const shared = Object.keys(manual).filter((key) => key in pinned)
    if (events.length > 0 || shared.length > 0) return `${JSON.stringify(one)}: ${typesOf(events)} ${shared}`
    t.match(attributes, pinned, 'what is pinned is shown')
    t.same(await view(stage, id), before)
  }
  return undefined
}

t.test(`what is changed by hand is what the merge makes of it (seed ${seed})`, async (t) => {
  const stage = await openStage(t)
  const directories = [await addDirectory(stage.database, stage.scope), await addDirectory(stage.database, stage.scope)]
  const plans = fc.sample(fc.array(step, { minLength: 1, maxLength: 12 }), { seed, numRuns: runs })
  for (const [at, steps] of plans.entries()) {
    t.equal(await play(t, stage, directories, { userName: `u${at}@x.test`, steps }), undefined)
  }
})
