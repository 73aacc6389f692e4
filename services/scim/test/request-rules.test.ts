import { profiles } from '@muster/scim'
import { seed } from '@muster/testkit/effort'
import fc from 'fast-check'
import t from 'tap'
import { cursorKey, openCursor, sealCursor } from '../src/lists/cursors.ts'
import { readSearchRequest } from '../src/lists/list-request.ts'
import { canonicalAddress, namesOtherVersion } from '../src/requests/canonical-address.ts'
import { acceptedJson } from '../src/requests/media-ranges.ts'
import { isAmong, parseEntityTags } from '../src/requests/preconditions.ts'

t.test('#18 #19 every spelling of an address leads to the one that has a route', async (t) => {
  const spellings: Record<string, string> = {
    '/scim/k/v2/Users': '/scim/k/v2/Users',
    '/scim/k/v2/Users/1.scim': '/scim/k/v2/Users/1',
    '/scim/k/v2/Users/1.scim?attributes=userName': '/scim/k/v2/Users/1?attributes=userName',
    '/scim/k/Users': '/scim/k/v2/Users',
    '/scim/k/Users/1?x=/v2': '/scim/k/v2/Users/1?x=/v2',
    '/scim/k/v2//Users/': '/scim/k/v2/Users',
    '/scim/k/v2': '/scim/k/v2',
    '/scim/k/v2/': '/scim/k/v2',
    '/scim/k': '/scim/k/v2',
    '/scim/k/v2/.search': '/scim/k/v2/.search',
    '/scim/k/v1/Users': '/scim/k/v1/Users',
    '/scim/k/v2.1/Users': '/scim/k/v2.1/Users',
    '/healthz': '/healthz',
    '/scim': '/scim',
    '*': '*',
  }
  for (const [given, expected] of Object.entries(spellings)) t.equal(canonicalAddress(given), expected, given)
  t.equal(namesOtherVersion('/scim/k/v1/Users'), true)
  t.equal(namesOtherVersion('/scim/k/v2.1'), true)
  t.equal(namesOtherVersion('/scim/k/v2/Users'), false)
})

t.test('the canonical address of a canonical address is itself', async (t) => {
  const piece = fc.constantFrom('/', '//', 'scim', 'k', 'v2', 'v1', 'Users', '.scim', '?', 'a=b', '%2F', '.')
  let seen = 0
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
      const url = `/scim/k${pieces.join('')}`
      const once = canonicalAddress(url)
      seen++
      return canonicalAddress(once) === once
    }),
    { seed, numRuns: 2_000 },
  )
  t.ok(seen >= 2_000)
})

t.test('#17 the media type that a client accepts', async (t) => {
  const cases: [string | undefined, ReturnType<typeof acceptedJson>][] = [
    [undefined, 'application/scim+json'],
    ['', 'application/scim+json'],
    ['*/*', 'application/scim+json'],
    ['application/json', 'application/json'],
    ['application/json, application/scim+json', 'application/scim+json'],
    ['application/json;q=0.9, */*;q=0.1', 'application/scim+json'],
    ['APPLICATION/SCIM+JSON; charset=utf-8', 'application/scim+json'],
    ['application/scim+json;q=0, application/json', 'application/json'],
    ['text/html, image/*', undefined],
    ['*/*;q=0', undefined],
    ['application/json;q=x', 'application/json'],
  ]
  for (const [accept, expected] of cases) t.equal(acceptedJson(accept), expected, String(accept))
})

t.test('#107 entity tags compare weakly, in lists, with and without their quotes', async (t) => {
  const among = (header: string) => {
    const tags = parseEntityTags(header)
    return tags !== undefined && isAmong('W/"3"', tags)
  }
  for (const header of ['W/"3"', '"3"', '*', '"1", W/"3"', '3', ' W/"3" ']) t.equal(among(header), true, header)
  for (const header of ['W/"4"', '"33"', '', 'W/3', '"1","2"']) t.equal(among(header), false, header)
})

t.test('#69 #74 a cursor opens only where it was made, unaltered and in time', async (t) => {
  const key = cursorKey('a pepper of a test, of thirty-two characters')
  const place = { directoryId: 'd', query: ['/Users', undefined, 'userName', undefined] }
  const state = { position: { key: 'jane@acme.test', id: 'u' }, count: 10, total: 99 }
  const cursor = sealCursor(key, place, state)
  t.match(cursor, /^[A-Za-z0-9_-]+$/, 'only unreserved characters')
  t.notMatch(Buffer.from(cursor, 'base64url').toString('latin1'), /jane/, 'the position is not readable')
  t.same(openCursor(key, place, cursor), state)
  const elsewhere = [
    { ...place, directoryId: 'e' },
    { ...place, query: ['/Groups', undefined, 'userName', undefined] },
    { ...place, query: ['/Users', 'active eq true', 'userName', undefined] },
  ]
  for (const other of elsewhere) t.throws(() => openCursor(key, other, cursor), { code: 'invalidCursor' })
  t.throws(() => openCursor(cursorKey('another pepper'), place, cursor), { code: 'invalidCursor' })
  for (const at of [0, 20, cursor.length - 1]) {
    const altered = `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`
    t.throws(() => openCursor(key, place, altered), { code: 'invalidCursor' }, `altered at ${at}`)
  }
  for (const text of ['x', 'A'.repeat(30), '💥'])
    t.throws(() => openCursor(key, place, text), { code: 'invalidCursor' })
  const now = Date.now
  t.teardown(() => {
    Date.now = now
  })
  Date.now = () => now() + 3_601_000
  t.throws(() => openCursor(key, place, cursor), { code: 'expiredCursor' })
})

t.test('#78 #119 the body of a search: names in any case, none of them twice', async (t) => {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:SearchRequest']
  const { compatible, strict } = profiles
  const asked = { filter: 'active eq true', startIndex: 2, count: '5', attributes: ['userName'] }
  t.same(readSearchRequest({ schemas, ...asked, sortBy: null, custom: {} }, strict), asked)
  t.same(readSearchRequest({ SCHEMAS: schemas, FILTER: asked.filter, startindex: 2 }, strict), {
    filter: asked.filter,
    startIndex: 2,
  })
  t.same(readSearchRequest(asked, compatible), asked, 'without schemas, where that is tolerated')
  for (const [body, code, detail] of [
    [undefined, 'invalidSyntax', /object/],
    [[asked], 'invalidSyntax', /object/],
    [asked, 'invalidSyntax', /SearchRequest/],
    [{ ...asked, schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'] }, 'invalidSyntax', /SearchRequest/],
    [{ schemas, ...asked, Filter: 'active eq false' }, 'invalidSyntax', /body has "Filter" twice/],
    [{ schemas, Schemas: schemas }, 'invalidSyntax', /body has "Schemas" twice/],
    [{ schemas, count: {} }, 'invalidValue', /count must be a whole number/],
    [{ schemas, filter: ['x'] }, 'invalidValue', /filter must be a string/],
    [{ schemas, attributes: [1] }, 'invalidValue', /attributes must be a list/],
  ] as const) {
    t.throws(() => readSearchRequest(body, strict), { code, message: detail })
  }
})
