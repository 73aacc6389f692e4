import {
  changeMembers,
  createDirectoryGroup,
  createDirectoryUsers,
  finishDirectoryGroup,
  lockDirectoryGroup,
  type Transaction,
  transact,
} from '@muster/repository'
import { fromTypeId, newUuid } from '@muster/runtime/type-ids'
import type { JsonObject } from '@muster/scim'
import t, { type Test } from 'tap'
import {
  type Answer,
  addOrganization,
  type Body,
  type Installation,
  rowsOf,
  startInstallation,
  type TestOrganization,
} from './support/installation.ts'

const cause = { kind: 'system', id: 'test' } as const

interface Stage extends Installation {
  acme: TestOrganization
  /** With the administrator's key. */
  send(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<Answer>
  /** The organization's own settings. */
  patch(changes: object): Promise<Answer>
  createUsers(documents: readonly JsonObject[]): Promise<string[]>
  createGroup(name: string, memberIds: readonly string[]): Promise<string>
  join(groupId: string, memberIds: readonly string[]): Promise<void>
  countActive(): Promise<unknown>
}

/** An organization, guarded as one is, with a directory to which a source speaks; two people are in it. */
async function openStage(t: Test): Promise<Stage> {
  const installation = await startInstallation(t)
  const acme = await addOrganization(installation, 'Acme')
  const scope = await installation.scopeOf(acme.id)
  const directoryId = fromTypeId('directory', acme.directoryId) ?? ''
  const run = <T>(work: (tx: Transaction) => Promise<T>) => transact(installation.database, scope, cause, work)
  const send: Stage['send'] = (method, path, body) => installation.call(acme.admin, method, path, body)
  return {
    ...installation,
    acme,
    send,
    patch: (changes) => send('PATCH', `/api/organizations/${acme.id}`, changes),
    createUsers: async (documents) => {
      const drafts = documents.map((document) => ({ directoryUserId: newUuid(), document }))
      await run((tx) => createDirectoryUsers(tx, directoryId, drafts))
      return drafts.map((draft) => draft.directoryUserId)
    },
    createGroup: async (name, memberIds) => {
      const draft = { directoryGroupId: newUuid(), document: { displayName: name }, uniqueName: true }
      await run((tx) => createDirectoryGroup(tx, directoryId, draft, memberIds))
      return draft.directoryGroupId
    },
    join: (directoryGroupId, ids) =>
      run(async (tx) => {
        const group = await lockDirectoryGroup(tx, directoryId, directoryGroupId)
        if (group === undefined) throw new Error('The group is gone')
        const changes = await changeMembers(tx, { directoryId, directoryGroupId }, [{ kind: 'add', ids: [...ids] }])
        await finishDirectoryGroup(tx, group, undefined, changes)
      }),
    countActive: async () => (await send('GET', '/api/users/count?state=active')).body.count,
  }
}

function named(prefix: string, count: number): JsonObject[] {
  return Array.from({ length: count }, (_, index) => {
    const userName = `${prefix}-${index}@acme.test`
    return { userName, active: true, emails: [{ value: userName, primary: true }] }
  })
}

async function idsByName({ send }: Stage): Promise<Map<unknown, string>> {
  return new Map(rowsOf(await send('GET', '/api/users?limit=1000')).map((user) => [user.username, user.id]))
}

/** Types of events behind a sequence number, and how many of each. */
async function eventsAfter({ send }: Stage, after: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { type } of rowsOf(await send('GET', `/api/events?limit=1000&after=${after}`))) {
    counts[String(type)] = (counts[String(type)] ?? 0) + 1
  }
  return counts
}

async function lastSequence({ send }: Stage): Promise<number> {
  let last = 0
  for (;;) {
    const page = rowsOf(await send('GET', `/api/events?limit=1000&after=${last}`))
    const sequence = page.at(-1)?.sequence
    if (sequence === undefined) return last
    last = Number(sequence)
  }
}

t.test('excludeGroups that would remove 30 %: previewed, held, approved, undone with the same ids', async (t) => {
  const stage = await openStage(t)
  const { acme, send, patch, createUsers, createGroup, countActive } = stage
  await createUsers(named('staff', 138))
  await createGroup('Contractors', await createUsers(named('contractor', 60)))
  const before = await idsByName(stage)
  const excluding = { directoryConfig: { syncFilters: { excludeGroups: ['contractors'] } } }
  const including = { directoryConfig: { syncFilters: {} } }

  const preview = await send('POST', `/api/organizations/${acme.id}/preview`, excluding)
  t.match(preview, {
    status: 200,
    body: { population: 200, removals: 60, deactivated: 60, created: 0, held: true, isComplete: true },
  })
  t.equal((preview.body.sample as Body[]).length, 60)
  t.match((preview.body.sample as Body[])[0], { effect: 'deactivated', userId: /^user_/, userName: /^contractor/ })
  t.equal(await countActive(), 200)

  const changed = await patch(excluding)
  t.match(changed, {
    status: 200,
    body: {
      directoryConfig: { syncFilters: { includeGroups: [], excludeGroups: ['contractors'], includeActive: false } },
      settlement: {
        id: /^settlement_/,
        kind: 'directory_users',
        status: 'done',
        total: 200,
        done: 200,
        holdId: /^hold_/,
      },
    },
  })
  const { holdId } = changed.body.settlement as { holdId: string }
  t.strictSame(changed.body.holdIds, [holdId])
  t.equal(await countActive(), 200, 'nobody goes before somebody decides')
  const taken = await lastSequence(stage)
  t.match(await patch(including), { status: 200, body: { holdIds: [], settlement: { status: 'done', holdId: null } } })
  t.strictSame(await eventsAfter(stage, taken), { 'hold.withdrawn': 1 })
  t.match(await send('GET', `/api/holds/${holdId}`), { status: 200, body: { status: 'withdrawn' } })

  const [again = ''] = (await patch(excluding)).body.holdIds as string[]
  const decided = await lastSequence(stage)
  t.equal((await send('POST', `/api/holds/${again}/approve`)).status, 200)
  t.strictSame(await eventsAfter(stage, decided), { 'hold.approved': 1, 'directory.user.deactivated': 60 })
  t.equal(await countActive(), 140)
  const undone = await lastSequence(stage)
  t.match(await patch(including), { status: 200, body: { holdIds: [] } })
  t.strictSame(await eventsAfter(stage, undone), { 'directory.user.reactivated': 60 })
  t.strictSame(await idsByName(stage), before, 'the same people')
  t.match(await patch(including), { status: 200, body: { settlement: null, holdIds: [] } }, 'no change, no work')
})

t.test('filters of a directory: included groups, custom filters, who joins later', async (t) => {
  const stage = await openStage(t)
  const { acme, send, createUsers, createGroup, join, countActive } = stage
  const path = `/api/directory/${acme.directoryId}`
  const types = ['Full-Time', 'Part-Time', 'Intern']
  const ids = await createUsers(named('user', 3).map((user, index) => ({ ...user, employeeType: types[index] ?? '' })))
  const inner = await createGroup('Inner', ids)
  await createGroup('Outer', [inner])
  const included = await send('PATCH', path, { syncFilters: { includeGroups: ['OUTER'] } })
  t.match(included, { status: 200, body: { syncFilters: { includeGroups: ['OUTER'] }, holdIds: [] } })
  t.equal(await countActive(), 3)
  const [late = ''] = await createUsers(named('late', 1))
  t.notOk((await idsByName(stage)).has('late-0@acme.test'))
  await join(inner, [late])
  t.ok((await idsByName(stage)).has('late-0@acme.test'))

  const customFilters = { employeeType: ['full-time', 'part-time'] }
  t.match(await send('POST', `${path}/preview`, { syncFilters: { customFilters } }), {
    status: 200,
    body: { deactivated: 2, removals: 2, held: false },
  })
  await send('PATCH', path, { syncFilters: { customFilters } })
  t.equal(await countActive(), 2, 'the others say no such employeeType')
  t.match((await send('GET', path)).body, { syncFilters: { includeGroups: [], customFilters } })
})

t.test('a mapping is tried, previewed and changed', async (t) => {
  const { acme, send, createUsers } = await openStage(t)
  const path = `/api/directory/${acme.directoryId}`
  await createUsers(named('user', 5).map((user, index) => ({ ...user, nickName: `Nick ${index}` })))
  const mapping = { title: 'nickName', 'customAttributes.login': 'lower(userName)', username: null }
  t.match(await send('POST', `${path}/mapping/test`, { mapping, limit: 1 }), {
    status: 200,
    body: {
      ...{ users: 7, differing: 7, isComplete: true },
      attributes: { title: { gained: 5 }, 'customAttributes.login': { gained: 7 }, username: { lost: 7 } },
      sample: [{ userId: /^user_/, changes: { username: { to: null } } }],
    },
  })
  const offered = await send('GET', `${path}/attributes`)
  t.match(
    (offered.body.paths as Body[]).find(({ expression }) => expression === 'nickName'),
    { documents: 5 },
  )
  t.match(await send('POST', `${path}/preview`, { mapping }), { status: 200, body: { updated: 7, removals: 0 } })
  const changed = await send('PATCH', path, { mapping })
  t.match(changed, {
    status: 200,
    body: {
      mapping,
      effectiveMapping: { title: 'nickName', email: /.+/ },
      settlement: { status: 'done', directoryId: acme.directoryId, done: 7 },
    },
  })
  t.notOk(Object.hasOwn(changed.body.effectiveMapping as object, 'username'))
  const [user] = rowsOf(await send('GET', '/api/users?email=user-3@acme.test'))
  t.match(user, { profile: { title: 'Nick 3' }, customAttributes: { login: 'user-3@acme.test' } })
  t.equal(user?.username, 'user-3@acme.test', 'what nobody provides any more is kept')
  t.match((await send('PATCH', path, { mapping: {} })).body, { mapping: {}, effectiveMapping: { username: /.+/ } })
})

t.test('settings of an organization are shown as they are set and as they are', async (t) => {
  const { acme, send, patch, call } = await openStage(t)
  const path = `/api/organizations/${acme.id}`
  t.match((await send('GET', path)).body, {
    ...{ linkByEmail: 'organization', verifiedDomains: [], adminEmail: null, primaryDirectoryId: null },
    ...{ directoryOrder: [], guard: {}, holdExpiryHours: null },
    directoryConfig: { syncFilters: { includeGroups: [], excludeGroups: [], includeActive: false, customFilters: {} } },
    effectiveGuard: { users: { removalsMax: 500, percentMax: 20 }, groups: {}, memberships: {} },
  })
  const second = (await send('POST', '/api/directory', { name: 'Second', type: 'SCIM' })).body.id
  const changes = {
    ...{ name: 'Renamed', linkByEmail: 'verifiedDomains', verifiedDomains: ['ACME.test'], adminEmail: 'it@acme.test' },
    ...{ primaryDirectoryId: second, holdExpiryHours: 48, guard: { users: { removalsMax: 5 }, groups: 'off' } },
  }
  const answer = await patch(changes)
  t.match(answer, { status: 200, body: { ...changes, verifiedDomains: ['acme.test'], directoryOrder: [second] } })
  t.match(answer.body.effectiveGuard, { users: { removalsMax: 5, percentMax: 20 }, groups: 'off' })
  t.match((await patch({ directoryOrder: [acme.directoryId, second] })).body, { primaryDirectoryId: acme.directoryId })
  t.match((await patch({ adminEmail: null, holdExpiryHours: null })).body, { adminEmail: null, holdExpiryHours: null })
  const { settlement: _, holdIds: __, ...shown } = (await patch({})).body
  t.strictSame((await call(acme.viewer, 'GET', path)).body, shown)

  for (const [body, detail] of [
    [{ directoryConfig: { syncFilters: { includeGroups: ['a', ' '] } } }, /^syncFilters\.includeGroups\[1\]: a text/],
    [{ directoryConfig: { syncFilters: { colour: 1 } } }, /^syncFilters: colour is not known/],
    [{ directoryConfig: { syncFilters: { customFilters: { 'first(': ['x'] } } } }, /syncFilters\.customFilters\./],
    [{ directoryConfig: { filters: {} } }, /unknown member "filters"/],
    [{ guard: { users: { percentMax: 101 } } }, /^guard\.users\.percentMax: a whole number from 0 to 100/],
    [{ holdExpiryHours: 0 }, /body\.holdExpiryHours/],
    [{ adminEmail: 'nobody' }, /body\.adminEmail/],
    [{ verifiedDomains: ['@acme'] }, /body\.verifiedDomains/],
    [{ primaryDirectoryId: acme.groupId }, /^body\.primaryDirectoryId names a directory that is not there/],
    [{ directoryOrder: ['directory_00000000000000000000000000'] }, /^body\.directoryOrder names a directory/],
  ] as const) {
    t.match(await patch({ name: 'Never', ...body }), { status: 400, body: { detail } }, JSON.stringify(body))
  }
  t.equal((await send('GET', path)).body.name, 'Renamed', 'what is refused changes nothing')
  for (const mapping of [{ title: 'first(' }, { title: 3 }, { colour: 'title' }, { title: 'nope(x)' }]) {
    const answers = [
      await send('PATCH', `/api/directory/${acme.directoryId}`, { mapping }),
      await send('POST', `/api/directory/${acme.directoryId}/mapping/test`, { mapping }),
    ]
    for (const { status } of answers) t.equal(status, 400, JSON.stringify(mapping))
  }
})

t.test('everybody derived anew, and the settlements there were', async (t) => {
  const stage = await openStage(t)
  const { acme, send } = stage
  const after = await lastSequence(stage)
  const repaired = await send('POST', '/api/settlements', { directoryId: acme.directoryId })
  t.match(repaired, {
    status: 200,
    body: { holdIds: [], settlement: { status: 'done', directoryId: acme.directoryId } },
  })
  const settlement = repaired.body.settlement as Body
  t.strictSame(await eventsAfter(stage, after), {}, 'all is as it should be')
  t.strictSame((await send('GET', `/api/settlements/${settlement.id}`)).body, settlement)
  t.strictSame(rowsOf(await send('GET', '/api/settlements')).at(-1), settlement)
  t.strictSame((await send('GET', '/api/settlements/count?status=running')).body, { count: 0 })
  t.strictSame((await send('GET', '/api/settlements/count')).body, { count: 2 })
  t.equal(rowsOf(await send('GET', '/api/settlements?status=done&limit=1')).length, 1)
  t.equal((await send('POST', '/api/settlements', { directoryId: acme.groupId })).status, 404)
})
