import {
  type Filter,
  filterLimits,
  groupResourceType,
  type JsonObject,
  matchesFilter,
  parseFilter,
  pathName,
  profiles,
  userResourceType,
} from '@muster/scim'
import { seed } from '@muster/testkit/effort'
import fc from 'fast-check'
import t from 'tap'
import { refuses } from './refuses.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const { compatible, strict } = profiles

/** A filter as a short text, to compare shapes at a glance. */
function show(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.terms.map(show).join(` ${filter.kind} `)})`
    case 'not':
      return `!${show(filter.term)}`
    case 'present':
      return `${pathName(filter.attribute)}?`
    case 'element':
      return `${pathName(filter.attribute)}[${show(filter.filter)}]`
    case 'compare':
      return `${pathName(filter.attribute)} ${filter.operator} ${JSON.stringify(filter.value)}`
    case 'constant':
      return String(filter.value)
  }
}

t.test('#29 #55 #59 #62 #63 the grammar', async (t) => {
  const cases: [string, string][] = [
    ['userName eq "a"', 'userName eq "a"'],
    ['USERNAME Eq "a"', 'userName eq "a"'],
    ['userName eq"a"', 'userName eq "a"'],
    ['  userName   eq "a" ', 'userName eq "a"'],
    ['title pr', 'title?'],
    ['title pr and active eq true or userName sw "J"', '((title? and active eq true) or userName sw "J")'],
    ['title pr and (active eq true or userName sw "J")', '(title? and (active eq true or userName sw "J"))'],
    ['not (title pr) and active eq false', '(!title? and active eq false)'],
    ['NOT(title pr)', '!title?'],
    ['title pr or title pr or title pr', '(title? or title? or title?)'],
    ['emails[type eq "work" and value co "@x"]', 'emails[(emails.type eq "work" and emails.value co "@x")]'],
    ['emails[not (type eq "work")]', 'emails[!emails.type eq "work"]'],
    ['emails[type eq "work"].value eq "a@b.c"', 'emails[(emails.type eq "work" and emails.value eq "a@b.c")]'],
    ['emails co "x"', 'emails.value co "x"'],
    ['emails.type ne "work"', 'emails.type ne "work"'],
    ['name.familyName ew "son"', 'name.familyName ew "son"'],
    ['userName eq "\\u0062\\"\\\\ c"', 'userName eq "b\\"\\\\ c"'],
    ['title eq null', '!title?'],
    ['title NE NULL', 'title?'],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"', 'userName sw "J"'],
    [`${enterprise.toUpperCase()}:Manager.Value eq "7"`, `${enterprise}:manager.value eq "7"`],
    [`${enterprise}:employeeNumber gt "1"`, `${enterprise}:employeeNumber gt "1"`],
    ['schemas eq "urn:x"', 'schemas eq "urn:x"'],
    ['meta.lastModified ge "2011-05-13T04:42:34+02:00"', 'meta.lastModified ge "2011-05-13T02:42:34.000000Z"'],
    ['id eq "x" and groups.value eq "g"', '(id eq "x" and groups.value eq "g")'],
  ]
  for (const [text, shape] of cases) {
    t.equal(show(parseFilter(text, userResourceType, strict)), shape, text)
  }
  t.equal(show(parseFilter('members eq "a"', groupResourceType, strict)), 'members.value eq "a"')
})

t.test('#63 #64 what Entra ID writes needs the compatible profile', async (t) => {
  const cases: [string, string][] = [
    ['active eq "True"', 'active eq true'],
    ['emails[primary eq "true"]', 'emails[emails.primary eq true]'],
    ['externalId eq jyoung', 'externalId eq "jyoung"'],
    [`${enterprise}:employeeNumber eq 701984`, `${enterprise}:employeeNumber eq "701984"`],
    ['id eq "x" and manager eq "y"', `(id eq "x" and ${enterprise}:manager.value eq "y")`],
  ]
  for (const [text, shape] of cases) {
    t.equal(show(parseFilter(text, userResourceType, compatible)), shape, text)
    refuses(t, () => parseFilter(text, userResourceType, strict), 'invalidFilter')
  }
})

t.test('#54 #56 #57 #118 what is no filter is refused with its position and without its values', async (t) => {
  const cases: [string, RegExp][] = [
    ['', /position 0/],
    ['userName', /position 8.*operator/],
    ['userName eq', /position 11.*value/],
    ['userName xx "a"', /position 9.*operator/],
    ['userName eq "a" title pr', /position 16.*end/],
    ['userName eq "a', /position 12.*closed/],
    ['userName eq "\\x"', /position 12.*string/],
    ['userName eq "\\u0000"', /position 12.*string/],
    ['(userName eq "a"', /position 16.*"\)"/],
    ['userName eq "a")', /position 15/],
    ['emails[type eq "work"', /position 21.*"\]"/],
    ['emails[type eq "work"].nope eq "x"', /position 22.*".*nope"/],
    ['emails[emails[type eq "x"]]', /position 7/],
    ['userName[value eq "x"]', /position 8.*complex/],
    ['unknown eq "a"', /position 0.*"unknown"/],
    ['jane@x.test eq "a"', /position 0.*not an attribute name/],
    [`${enterprise} pr`, /position 0/],
    ['__proto__ eq "a"', /position 0/],
    ['constructor pr', /position 0/],
    ['active gt false', /position 10.*gt/],
    ['active co "t"', /position 10/],
    ['active eq "maybe"', /position 10.*true or false/],
    ['x509Certificates.value gt "aa"', /position 26/],
    ['meta.created co "2011"', /position 16/],
    ['meta.created eq "2011"', /position 16.*date/],
    ['meta.created eq "2011-02-30T00:00:00Z"', /date/],
    ['name eq "Jane"', /position 8.*sub-attribute/],
    ['title gt null', /position 9.*null/],
    ['not title pr', /position 0/],
    ['and', /position 0/],
    ['title pr and', /position 12/],
  ]
  for (const [text, detail] of cases) {
    refuses(t, () => parseFilter(text, userResourceType, compatible), 'invalidFilter', detail)
  }
  refuses(t, () => parseFilter('userName eq 7', userResourceType, strict), 'invalidFilter', /a string/)
  refuses(t, () => parseFilter('password eq "secret"', userResourceType, strict), 'sensitive', /"password"/)
})

t.test('#65 limits', async (t) => {
  const chain = (terms: number) => Array.from({ length: terms }, () => 'title pr').join(' or ')
  const nest = (depth: number) => `${'('.repeat(depth)}title pr${')'.repeat(depth)}`
  t.ok(parseFilter(chain(filterLimits.terms), userResourceType, strict))
  refuses(t, () => parseFilter(chain(filterLimits.terms + 1), userResourceType, strict), 'invalidFilter', /64 terms/)
  t.ok(parseFilter(nest(filterLimits.depth), userResourceType, strict))
  refuses(t, () => parseFilter(nest(filterLimits.depth + 1), userResourceType, strict), 'invalidFilter', /32 levels/)
  for (const hostile of ['('.repeat(20_000), 'not ('.repeat(4000), 'emails['.repeat(2000), '"'.repeat(16_000)]) {
    refuses(t, () => parseFilter(hostile, userResourceType, compatible), 'invalidFilter')
  }
  refuses(
    t,
    () => parseFilter(`userName eq "${'x'.repeat(16_384)}"`, userResourceType, strict),
    'invalidFilter',
    /16384/,
  )
})

t.test('#56 any text parses or is an invalid filter', async (t) => {
  const piece = fc.constantFrom(
    ...[
      'userName',
      'emails',
      'name',
      '.value',
      'eq',
      'pr',
      'and',
      'or',
      'not',
      '(',
      ')',
      '[',
      ']',
      '"a"',
      'true',
      ' ',
      '"',
    ],
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 20 }).map((list) => list.join(' ')),
  )
  fc.assert(
    fc.property(text, fc.constantFrom(compatible, strict), (text, profile) => {
      try {
        t.type(matchesFilter(parseFilter(text, userResourceType, profile), {}), 'boolean')
      } catch (error) {
        t.match(error, { name: 'MusterError', code: 'invalidFilter' }, `${text} (seed ${seed})`)
      }
    }),
    { numRuns: 2000, seed },
  )
})

t.test('#57 #58 #59 #60 #61 #62 matching in memory', async (t) => {
  const resource: JsonObject = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
    id: 'Ab',
    externalId: 'Ext',
    userName: 'Jane.Ångström@X.test',
    active: true,
    nickName: '\u{1f600}',
    name: { familyName: 'Ångström' },
    emails: [
      { value: 'Work@x.test', type: 'work', primary: true },
      { value: 'home@y.test', type: 'home' },
    ],
    meta: { lastModified: '2026-01-01T12:00:00.123Z' },
    [enterprise]: { employeeNumber: '10', manager: { value: 'M1' } },
  }
  const holds = [
    'userName eq "jane.ångström@x.TEST"',
    'userName sw "JANE" and userName ew "x.TEST" and userName co "ström"',
    'id eq "Ab" and externalId eq "Ext"',
    'emails eq "work@X.test"',
    'emails.type eq "home" and emails.value co "x.test"',
    'emails[type eq "home" and value co "y.test"]',
    'emails[type eq "work"].value eq "WORK@x.test"',
    'emails[primary ne true]',
    'emails.type ne "work"',
    'title ne "x"',
    'not (title eq "x")',
    'title eq null and userName ne null',
    'active eq true and active ne false',
    'name pr and name.familyName pr and emails pr',
    `schemas eq "${enterprise}"`,
    `${enterprise}:employeeNumber lt "9"`,
    `${enterprise}:manager.value eq "M1"`,
    'meta.lastModified gt "2026-01-01T12:00:00Z" and meta.lastModified le "2026-01-01T13:00:00.1230000+01:00"',
    'meta.lastModified eq "2026-01-01T12:00:00.123"',
    // Beyond U+FFFF sorts last, as in Postgres; UTF-16 order would put it first.
    'nickName gt "\uffee"',
    'userName ge "jane" and userName gt "jane"',
  ]
  const fails = [
    'userName eq "jane"',
    'id eq "ab"',
    'externalId eq "ext"',
    'emails[type eq "home" and value co "x.test"]',
    'emails[type eq "work"].value eq "home@y.test"',
    'title eq "x"',
    'title pr',
    'title co ""',
    'photos pr',
    'not (userName pr)',
    'active eq false',
    'userName ne "JANE.ångström@x.test"',
    `${enterprise}:manager.value eq "m1"`,
    'meta.lastModified lt "2026-01-01T12:00:00.123Z"',
  ]
  for (const text of holds) t.ok(matchesFilter(parseFilter(text, userResourceType, strict), resource), text)
  for (const text of fails) t.notOk(matchesFilter(parseFilter(text, userResourceType, strict), resource), text)
})
