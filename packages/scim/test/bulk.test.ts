import { MusterError } from '@muster/runtime/errors'
import {
  type BulkEntry,
  bulkResponse,
  type JsonObject,
  planBulk,
  postponeReferences,
  readBulkRequest,
  replaceReferences,
  standardDialects,
  userResourceType,
} from '@muster/scim'
import { seed } from '@muster/testkit/effort'
import fc from 'fast-check'
import t from 'tap'
import { refuses } from './refuses.ts'

const urn = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const baseUrl = 'https://muster.test/scim/key/v2'
const limits = { maxOperations: 1_000 }

const read = (body: unknown, profile: 'strict' | 'compatible' = 'strict') =>
  readBulkRequest(body, { dialect: standardDialects[profile], baseUrl }, limits)

function entriesOf(operations: unknown[], profile: 'strict' | 'compatible' = 'strict'): readonly BulkEntry[] {
  return read({ schemas: [urn], Operations: operations }, profile).entries
}

const user = (bulkId: string, data: JsonObject = {}) => ({ method: 'POST', path: '/Users', bulkId, data })
const group = (bulkId: string, members: string[] = []) => ({
  method: 'POST',
  path: '/Groups',
  bulkId,
  data: { displayName: bulkId, members: members.map((value) => ({ value })) },
})
const managedBy = (bulkId: string) => ({ [enterprise]: { manager: { value: `bulkId:${bulkId}` } } })

/** How an entry was read: what of it counts, or the code it is refused with. */
const readings: Record<string, { operation: unknown; strict: unknown; compatible?: unknown }> = {
  'a POST': { operation: user('a'), strict: ['POST', 'user', undefined] },
  'a DELETE, without data': { operation: { method: 'DELETE', path: '/Groups/1' }, strict: ['DELETE', 'group', '1'] },
  'names in any case': {
    operation: { METHOD: 'PUT', Path: '/Users/1', dAtA: {}, bulkid: 'b' },
    strict: ['PUT', 'user', '1'],
  },
  'a method in lower case': {
    operation: { ...user('a'), method: 'post' },
    strict: 'invalidSyntax',
    compatible: ['POST', 'user', undefined],
  },
  'a method nobody knows': { operation: { ...user('a'), method: 'GET' }, strict: 'invalidSyntax' },
  'no method': { operation: { path: '/Users/1' }, strict: 'invalidSyntax' },
  'a POST without a bulkId': { operation: { ...user(''), bulkId: undefined }, strict: 'invalidValue' },
  'a bulkId that is no text': { operation: { ...user(''), bulkId: 7 }, strict: 'invalidValue' },
  'no path': { operation: { ...user('a'), path: null }, strict: 'invalidValue' },
  'a path without its slash': {
    operation: { ...user('a'), path: 'Users' },
    strict: 'notFound',
    compatible: ['POST', 'user', undefined],
  },
  'an address below the base URL': {
    operation: { method: 'DELETE', path: `${baseUrl}/Users/1` },
    strict: 'notFound',
    compatible: ['DELETE', 'user', '1'],
  },
  'an address of somebody else': {
    operation: { method: 'DELETE', path: 'https://evil.test/scim/key/v2/Users/1' },
    strict: 'notFound',
  },
  'an endpoint that is not there': { operation: { method: 'DELETE', path: '/Bulk/1' }, strict: 'notFound' },
  'a path with a query': { operation: { method: 'DELETE', path: '/Users/1?x=y' }, strict: 'notFound' },
  'a path that climbs': { operation: { method: 'DELETE', path: '/Users/../Groups/1' }, strict: 'notFound' },
  'a POST to a resource': { operation: { ...user('a'), path: '/Users/1' }, strict: 'methodNotAllowed' },
  'a DELETE of an endpoint': { operation: { method: 'DELETE', path: '/Users' }, strict: 'methodNotAllowed' },
  'no data': { operation: { method: 'PUT', path: '/Users/1' }, strict: 'invalidValue' },
  'data that is a list': { operation: { ...user('a'), data: [] }, strict: 'invalidValue' },
  'a version that is no text': {
    operation: { method: 'DELETE', path: '/Users/1', version: 3 },
    strict: 'invalidValue',
  },
}

t.test('#100 operations are read, and each judged by itself', async (t) => {
  for (const [what, { operation, strict, compatible = strict }] of Object.entries(readings)) {
    for (const [profile, expected] of [
      ['strict', strict],
      ['compatible', compatible],
    ] as const) {
      const [entry, other] = entriesOf([operation, user('other')], profile)
      const reading =
        entry?.kind === 'refused' ? entry.error.code : [entry?.method, entry?.target.type, entry?.target.id]
      t.same(reading, expected, `${what}, ${profile}`)
      t.equal(other?.kind, 'operation', 'the next one does not suffer')
    }
  }
})

t.test('#100 #101 #102 what is no bulk request', async (t) => {
  const good = [{ method: 'DELETE', path: '/Users/1' }]
  for (const [body, code, detail] of [
    [undefined, 'invalidSyntax', /object/],
    [[], 'invalidSyntax', /object/],
    [{ Operations: good }, 'invalidSyntax', /BulkRequest/],
    [{ schemas: [patchOp], Operations: good }, 'invalidSyntax', /BulkRequest/],
    [{ schemas: [urn] }, 'invalidSyntax', /Operations/],
    [{ schemas: [urn], Operations: [] }, 'invalidSyntax', /at least one/],
    [{ schemas: [urn], Operations: [...good, 'x'] }, 'invalidSyntax', /Operations\[1\]/],
    [{ schemas: [urn], Operations: good, operations: good }, 'invalidSyntax', /body has "operations" twice/],
    [
      { schemas: [urn], Operations: [...good, { ...good[0], PATH: '/Users/2' }] },
      'invalidSyntax',
      /\[1\] has "PATH" twice/,
    ],
    [{ schemas: [urn], Operations: Array(1_001).fill(good[0]) }, 'payloadTooLarge', /1001.*maxOperations \(1000\)/],
    ...[0, -1, 1.5, '1', true].map(
      (failOnErrors) => [{ schemas: [urn], failOnErrors, Operations: good }, 'invalidValue', /failOnErrors/] as const,
    ),
  ] as const) {
    refuses(t, () => read(body), code, detail)
  }
  t.equal(read({ Operations: good }, 'compatible').entries.length, 1, 'without schemas, where that is tolerated')
  t.equal(read({ SCHEMAS: [urn], operations: good, FailOnErrors: 2 }).failOnErrors, 2)
  t.equal(read({ schemas: urn.toLowerCase(), Operations: good, failOnErrors: null }).failOnErrors, undefined)
})

t.test('#105 the data of a PATCH is a PatchOp, or the list of its operations', async (t) => {
  const operations = [{ op: 'remove', path: 'title' }]
  const patch = (data: unknown) => entriesOf([{ method: 'PATCH', path: '/Users/1', data }])[0]
  const whole = { schemas: [patchOp], Operations: operations }
  t.match(patch(whole), { kind: 'operation', data: whole })
  t.match(patch(operations), { kind: 'operation', data: whole })
})

t.test('#106 a bulkId is that of its first operation', async (t) => {
  const entries = entriesOf([user('a'), user('a'), { method: 'DELETE', path: '/Users/1', bulkId: 'a' }, user('b')])
  t.same(
    entries.map((entry) => (entry.kind === 'refused' ? entry.error.code : 'operation')),
    ['operation', 'invalidValue', 'invalidValue', 'operation'],
  )
})

t.test('#104 references are found wherever they may stand, and nowhere else', async (t) => {
  const resolve = (bulkId: string) => ({ id: `<${bulkId}>`, location: `at/${bulkId}` })
  const replaced = replaceReferences(
    {
      members: [
        { value: 'bulkId:a', $ref: 'bulkId:a' },
        'bulkId:a b',
        { value: 'abulkId:a', $REF: '../Users/bulkId:a' },
      ],
      [enterprise]: { manager: { value: 'bulkId:__proto__', $ref: `${baseUrl}/Users/bulkId:__proto__` } },
      displayName: 'See bulkId:a, or /bulkId:a',
      title: 'bulkId:',
      Operations: [
        { path: 'members[value eq "bulkId:a"]' },
        {
          path: 'members[value eq "bulkId:a/b" or $ref eq "/Users/bulkId:c"].value',
          value: ['bulkId:d', 1, null, true],
        },
        { path: 'title', value: 'He said "bulkId:a"' },
      ],
    },
    resolve,
  )
  t.same(replaced, {
    members: [{ value: '<a>', $ref: 'at/a' }, '<a b>', { value: 'abulkId:a', $REF: '../Users/<a>' }],
    [enterprise]: { manager: { value: '<__proto__>', $ref: `${baseUrl}/Users/<__proto__>` } },
    displayName: 'See bulkId:a, or /bulkId:a',
    title: 'bulkId:',
    Operations: [
      { path: 'members[value eq "<a>"]' },
      { path: 'members[value eq "<a/b>" or $ref eq "/Users/<c>"].value', value: ['<d>', 1, null, true] },
      { path: 'title', value: 'He said "bulkId:a"' },
    ],
  })
})

t.test('#104 what has to wait is taken out and comes back by PATCH', async (t) => {
  const data = {
    userName: 'u',
    roles: [{ value: 'r' }, { value: 'bulkId:later' }],
    title: 'bulkId:later',
    [enterprise]: { department: 'd', manager: { value: 'bulkId:later' } },
  }
  const postponed = postponeReferences(data, userResourceType, (bulkId) => bulkId === 'later')
  t.same(postponed.now, { userName: 'u', roles: [{ value: 'r' }], [enterprise]: { department: 'd' } })
  t.same(postponed.later, {
    schemas: [patchOp],
    Operations: [
      { op: 'add', path: 'roles', value: [{ value: 'bulkId:later' }] },
      { op: 'add', path: 'title', value: 'bulkId:later' },
      { op: 'add', path: `${enterprise}:manager`, value: { value: 'bulkId:later' } },
    ],
  })
  t.same(
    postponeReferences(data, userResourceType, () => false),
    { now: data, later: undefined },
  )
})

t.test('#104 the plan', async (t) => {
  const plan = (operations: unknown[], keepOrder = false) =>
    planBulk(entriesOf(operations), { keepOrder }).map(({ kind, positions }) => [kind, ...positions])
  const change = (method: string, id: string, data: object = {}) => ({ method, path: `/Users/${id}`, data })

  t.same(plan([user('a'), user('b'), group('g', ['bulkId:a'])]), [
    ['together', 0, 1],
    ['alone', 2],
  ])
  t.same(
    plan([group('g', ['bulkId:a']), change('PATCH', 'bulkId:b'), change('DELETE', '1'), user('a'), user('b')]),
    [
      ['together', 3],
      ['alone', 0],
      ['together', 4],
      ['alone', 1],
      ['alone', 2],
    ],
    'what refers forward pulls what it needs to the front, and nothing else moves',
  )
  const managed = [user('a'), user('b', managedBy('a')), user('c'), user('d', managedBy('b'))]
  t.same(plan(managed), [
    ['together', 0, 2],
    ['together', 1],
    ['together', 3],
  ])
  t.same(plan(managed, true), [
    ['together', 0],
    ['together', 1, 2],
    ['together', 3],
  ])
  t.same(plan([group('g', ['bulkId:h', 'bulkId:x']), user('x'), group('h', ['bulkId:g']), group('s', ['bulkId:s'])]), [
    ['together', 1],
    ['circle', 2, 0],
    ['circle', 3],
  ])
  t.same(
    plan([user('u', { groups: [{ value: 'bulkId:g' }], id: 'bulkId:g' }), group('g', ['bulkId:u'])]),
    [
      ['together', 0],
      ['alone', 1],
    ],
    'what a client says about read-only attributes is no dependency',
  )
  t.same(plan([group('__proto__', ['bulkId:constructor']), group('constructor', ['bulkId:toString'])]), [
    ['alone', 1],
    ['alone', 0],
  ])
})

t.test(`#104 any graph of references gets a plan that can be carried out (seed ${seed})`, async (t) => {
  const graph = fc.integer({ min: 1, max: 30 }).chain((count) =>
    fc.array(fc.record({ isUser: fc.boolean(), refers: fc.array(fc.nat(count + 2), { maxLength: 3 }) }), {
      minLength: count,
      maxLength: count,
    }),
  )
  const property = fc.property(graph, fc.boolean(), (nodes, keepOrder) => {
    const operations = nodes.map(({ isUser, refers }, at) => {
      const [first = 0] = refers
      if (isUser) return user(`${at}`, refers.length > 0 ? managedBy(`${first}`) : {})
      return group(
        `${at}`,
        refers.map((to) => `bulkId:${to}`),
      )
    })
    const stages = planBulk(entriesOf(operations), { keepOrder })
    const dependencies = nodes.map(({ isUser, refers }) =>
      (isUser ? refers.slice(0, 1) : refers).filter((to) => to < nodes.length),
    )
    const stageOf = new Map(stages.flatMap(({ positions }, stage) => positions.map((position) => [position, stage])))
    if (stageOf.size !== nodes.length || stages.flatMap(({ positions }) => positions).length !== nodes.length) {
      return false
    }
    return dependencies.every((needed, from) =>
      needed.every((to) => {
        const [own = -1, other = -1] = [stageOf.get(from), stageOf.get(to)]
        return own === other ? stages[own]?.kind === 'circle' && reaches(dependencies, to, from) : other < own
      }),
    )
  })
  const outcome = fc.check(property, { seed, numRuns: 500 })
  t.equal(outcome.failed ? fc.defaultReportMessage(outcome) : '', '')
})

t.test('#104 long chains and large circles are planned without recursion', async (t) => {
  const chain = Array.from({ length: 1_000 }, (_, at) => group(`${at}`, at < 999 ? [`bulkId:${at + 1}`] : []))
  const stages = planBulk(entriesOf(chain), { keepOrder: false })
  t.same(
    stages.map(({ positions }) => positions),
    Array.from({ length: 1_000 }, (_, at) => [999 - at]),
  )
  const [circle, ...others] = planBulk(entriesOf([...chain.slice(0, 999), group('999', ['bulkId:0'])]), {
    keepOrder: true,
  })
  t.match([circle?.kind, circle?.positions.length, others.length], ['circle', 1_000, 0])
})

t.test('#103 the response', async (t) => {
  const error = new MusterError('uniqueness', 'Another user of this directory has this userName.')
  const done = { method: 'POST', bulkId: 'a', location: 'https://x/Users/1', version: 'W/"1"', outcome: 201 }
  t.same(bulkResponse([done, { ...done, location: undefined, version: undefined, outcome: error }]), {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkResponse'],
    Operations: [
      { method: 'POST', bulkId: 'a', version: 'W/"1"', location: 'https://x/Users/1', status: '201' },
      {
        method: 'POST',
        bulkId: 'a',
        status: '409',
        response: {
          schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
          status: '409',
          scimType: 'uniqueness',
          detail: error.detail,
        },
      },
    ],
  })
})

function reaches(dependencies: readonly number[][], from: number, to: number): boolean {
  const seen = new Set([from])
  for (const node of seen) for (const next of dependencies[node] ?? []) seen.add(next)
  return seen.has(to)
}
