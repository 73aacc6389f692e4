import { MusterError } from '@muster/runtime/errors'
import {
  comparisonKey,
  type Filter,
  foldedOverlay,
  groupResourceType,
  type JsonObject,
  matchesFilter,
  parseFilter,
  printFilter,
  profiles,
  userResourceType,
} from '@muster/scim'
import { seed } from '@muster/testkit/effort'
import fc from 'fast-check'
import t from 'tap'
import { refuses } from './refuses.ts'

const { compatible, strict } = profiles
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const pieces = fc.constantFrom(
  ...['userName', 'emails', 'emails.type', 'name', 'active', 'meta.created', 'x509Certificates', 'schemas', 'nope'],
  ...[`${enterprise}:manager.value`, 'manager', '.value', 'eq', 'ne', 'co', 'gt', 'pr', 'and', 'or', 'not', '(', ')'],
  ...[
    '[',
    ']',
    '"a"',
    '"\\u0041\\\\\\""',
    '"2026-01-01T00:00:00+01:00"',
    'true',
    '"True"',
    'null',
    'bare',
    '-0',
    '1e999',
  ],
)
const terms = fc.constantFrom(
  ...['userName eq "a"', 'NOT(title pr)', 'emails[type eq "work" or not (primary eq true)].value co "\\u2028"'],
  ...['title eq null', 'active ne "False"', 'emails co "x"', 'meta.created ge "2026-01-01T00:00:00"', 'manager eq m'],
)
const text = fc.oneof(
  fc.array(pieces, { maxLength: 12 }).map((list) => list.join(' ')),
  fc.letrec<{ text: string }>((tie) => ({
    text: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      terms,
      fc.tuple(tie('text'), fc.constantFrom('and', 'or', 'AND'), tie('text')).map((parts) => parts.join(' ')),
      tie('text').map((inner) => `(${inner})`),
      tie('text').map((inner) => `not (${inner})`),
    ),
  })).text,
)

t.test('#55 #63 what is printed is read as the same filter, in either profile', async (t) => {
  let read = 0
  fc.assert(
    fc.property(text, (source) => {
      let filter: Filter
      try {
        filter = parseFilter(source, userResourceType, compatible)
      } catch (error) {
        if (error instanceof MusterError) return
        throw error
      }
      read++
      const printed = printFilter(filter)
      const again = parseFilter(printed, userResourceType, strict)
      t.same(again, filter, `${source} (seed ${seed})`)
      t.equal(printFilter(again), printed)
    }),
    { numRuns: 2_000, seed },
  )
  t.ok(read > 500, `${read} texts were filters`)
})

t.test('#55 the canonical form', async (t) => {
  for (const [source, printed] of [
    ['USERNAME Eq"a"', 'userName eq "a"'],
    ['not (emails pr) AND title pr or title pr', 'not (emails pr) and title pr or title pr'],
    ['(title pr or title pr) and (title pr and title pr)', '(title pr or title pr) and (title pr and title pr)'],
    ['emails[type eq "work"].value eq "x"', 'emails[type eq "work" and value eq "x"]'],
    ['title eq null', 'not (title pr)'],
    ['manager eq y', `${enterprise}:manager.value eq "y"`],
    ['active eq "True"', 'active eq true'],
    ['meta.created gt "2026-01-01T01:00:00.5+01:00"', 'meta.created gt "2026-01-01T00:00:00.500000Z"'],
    ['userName eq "\\u0041\\/\\n"', 'userName eq "A/\\n"'],
  ] as const) {
    t.equal(printFilter(parseFilter(source, userResourceType, compatible)), printed, source)
  }
})

t.test('#52 over all resource types, an attribute of another type has no value', async (t) => {
  const both = { alsoKnown: [groupResourceType] }
  const user = { id: 'u', userName: 'jane', displayName: 'Jane', meta: { resourceType: 'User' } }
  for (const [source, holds] of [
    ['members eq "x"', false],
    ['members.value ne "x"', true],
    ['members pr', false],
    ['not (members pr)', true],
    ['members eq null', true],
    ['members ne null', false],
    ['members[value eq "x"]', false],
    ['members[value ne "x"]', false],
    ['members[type eq "User"].value eq "x"', false],
    ['members pr or userName eq "jane"', true],
    ['displayName eq "jane" and meta.resourceType eq "User"', true],
    ['urn:ietf:params:scim:schemas:core:2.0:Group:displayName eq "jane"', false],
  ] as const) {
    t.equal(matchesFilter(parseFilter(source, userResourceType, strict, both), user), holds, source)
  }
  refuses(t, () => parseFilter('nobody eq "x"', userResourceType, strict, both), 'invalidFilter', /not known/)
  refuses(t, () => parseFilter('members eq "x"', userResourceType, strict), 'invalidFilter', /not known/)
  t.equal(printFilter(parseFilter('members pr or members ne "x"', userResourceType, strict, both)), 'false or true')
  refuses(
    t,
    () => parseFilter('password eq "x"', groupResourceType, strict, { alsoKnown: [userResourceType] }),
    'sensitive',
  )
})

const word = fc.constantFrom('', 'a', 'ABC', 'Ångström', 'ﬁ', 'ΑΣ', 'İ', '💥')
const document = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    word,
    fc.integer(),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom('a', 'B', 'Ü', '__proto__', 'x'), tie('value'), { maxKeys: 4 }),
})).object

t.test('#41 a document under its overlay, in lower case, is the folded document', async (t) => {
  t.equal(foldedOverlay({ userName: 'Jane', emails: [{ value: 'JANE@x.test' }] }), undefined)
  t.same(foldedOverlay({ userName: 'Jane', name: { familyName: 'ÅNGSTRÖM', givenName: 'Jane' }, active: true }), {
    name: { familyName: 'ångström', givenName: 'jane' },
  })
  const fold = (value: unknown, how: (text: string) => string): unknown => {
    if (typeof value === 'string') return how(value)
    if (Array.isArray(value)) return value.map((item) => fold(item, how))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fold(item, how)]))
  }
  const lower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  fc.assert(
    fc.property(document, (value) => {
      const laidOver = Object.fromEntries([
        ...Object.entries(value),
        ...Object.entries(foldedOverlay(value as JsonObject) ?? {}),
      ])
      t.same(fold(laidOver, lower), fold(value, comparisonKey))
    }),
    { seed, numRuns: 300 },
  )
})
