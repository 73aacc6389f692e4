import { MusterError } from '@muster/runtime/errors'
import fc from 'fast-check'
import t from 'tap'
import {
  applyMapping,
  compileMapping,
  expressionLimits,
  parseExpression,
  parseMapping,
  personAttributes,
  printExpression,
} from '../src/index.ts'
import { document, expression } from './support/expression-arbitraries.ts'
import { holds, numRuns } from './support/holds.ts'
import { refuses } from './support/refuses.ts'
import { sameJson } from './support/same-json.ts'

const none = Object.fromEntries(Object.keys(personAttributes).map((name) => [name, null]))

/** What an expression provides, alone. */
function evaluate(text: string, from: unknown): string | undefined {
  return applyMapping(compileMapping('SCIM', { ...none, title: text }), from).title
}

const user = {
  userName: 'Jane.Doe@Acme.test',
  name: { givenName: 'Jane', familyName: 'Doe', middleName: ' ' },
  'weird.name-with-dots': 'weird',
  'urn:okta:custom:user:1.0': { division: 'North' },
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'R&D', manager: { value: 'm1' } },
  emails: [
    { value: 'home@x.test', type: 'home' },
    { value: 'work@x.test', type: 'Work', primary: true },
    { type: 'other' },
  ],
  tags: ['', 'blue', 'green'],
  active: true,
  level: 7,
  matrix: [['deep']],
  Title: 'Engineer',
  JobTITLE: 'first in any case',
  jobTITLE: 'second in any case',
  hired: '2024-01-15T23:30:00-05:00',
  hiredLdap: '20240229103000.0Z',
  managerDn: 'CN=Doe\\, J\\C3\\A9r\\C3\\B4me,OU=Staff,DC=acme',
}

const cases: Record<string, string | undefined> = {
  userName: 'Jane.Doe@Acme.test',
  'name.givenName': 'Jane',
  'NAME.GIVENNAME': 'Jane',
  'name.middleName': undefined,
  name: undefined,
  'name.nothing.here': undefined,
  'userName.length': undefined,
  title: 'Engineer',
  jobtitle: 'first in any case',
  '`weird.name-with-dots`': 'weird',
  'urn:okta:custom:user:1.0:division': 'North',
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value': 'm1',
  'URN:IETF:params:scim:schemas:extension:enterprise:2.0:user:DEPARTMENT': 'R&D',
  '`urn:okta:custom:user:1.0`.division': 'North',
  'emails.value': 'home@x.test',
  'emails[primary eq true].value': 'work@x.test',
  'emails[type eq "WORK "].value': 'work@x.test',
  'emails[ `type` EQ "other" ].value': undefined,
  'emails[1].value': 'work@x.test',
  'emails[-1].type': 'other',
  'emails[9].type': undefined,
  'name[0].givenName': 'Jane',
  'name[givenName eq "jane"].familyName': 'Doe',
  tags: 'blue',
  active: 'true',
  level: '7',
  matrix: undefined,
  __proto__: undefined,
  'constructor.name': undefined,
  'name.__proto__.givenName': undefined,
  '"fixed"': 'fixed',
  '" "': undefined,
  'first(nothing, name.middleName, tags, "none")': 'blue',
  'first(nothing, "none")': 'none',
  'concat(name.givenName, " ", name.familyName)': 'Jane Doe',
  'concat(name.givenName, " ", nothing)': 'Jane',
  'concat("E-", nothing)': undefined,
  'concat("E-", name.middleName)': undefined,
  'concat("E-", level)': 'E-7',
  'lower(userName)': 'jane.doe@acme.test',
  'upper(name.givenName)': 'JANE',
  'trim(emails[type eq "work"].type)': 'Work',
  'split(userName, "@", 0)': 'Jane.Doe',
  'split(split(userName, "@", -1), ".", 0)': 'Acme',
  'split(userName, "@", 5)': undefined,
  'replace(userName, ".", "")': 'JaneDoe@Acmetest',
  'join(tags, ", ")': 'blue, green',
  'join(emails.value, ";")': 'home@x.test;work@x.test',
  'join(nothing, ", ")': undefined,
  'date(hired)': '2024-01-15',
  'date(hiredLdap)': '2024-02-29',
  'date("2023-02-29")': undefined,
  'date("01/02/2024")': undefined,
  'date("20241301")': undefined,
  'when(active, "TRUE", "in", "out")': 'in',
  'when(tags, "Green", name.givenName)': 'Jane',
  'when(tags, "red", name.givenName)': undefined,
  'when(nothing, "x", "a", "b")': 'b',
  'preferred(emails, "home").value': 'work@x.test',
  'preferred(emails[0], "home").value': 'home@x.test',
  'preferred(emails[primary eq "false"], "home").value': undefined,
  'preferred(emails)': undefined,
  'emailAddress(userName)': 'Jane.Doe@Acme.test',
  'emailAddress(name.givenName)': undefined,
  'rdn(managerDn)': 'Doe, Jérôme',
  'rdn(name.givenName)': undefined,
}
for (const [text, expected] of Object.entries(cases)) {
  t.test(`${text} provides ${expected}`, async (t) => t.equal(evaluate(text, user), expected))
}

const refusals: [text: string, at: number, problem: RegExp][] = [
  ['', 0, /a name is expected/],
  ['7', 0, /a path, a call or a text is expected/],
  ['name.', 5, /a name is expected/],
  ['name..x', 5, /a name is expected/],
  ['name x', 5, /the end is expected/],
  ['emails[type = "x"]', 11, /"eq" is expected/],
  ['emails[type eq x]', 15, /a text in double quotes is expected/],
  ['emails[type eq "x"', 18, /"\]" is expected/],
  ['emails[1000]', 7, /a name is expected/],
  ['"open', 0, /a text in double quotes/],
  ['"\\ud800"', 0, /a text in double quotes/],
  ['"\\u0000"', 0, /a text in double quotes/],
  ['\0', 0, /a NUL character/],
  ['`a', 0, /a name is expected/],
  ['eval("x")', 0, /this function is not known/],
  ['constructor("x")', 0, /this function is not known/],
  ['`first`(a)', 7, /the end is expected/],
  ['first(a', 7, /"\)" is expected/],
  ['first()', 6, /a name is expected/],
  ['lower(a, b)', 9, /fewer are expected: lower\(value\)/],
  ['split(a)', 0, /more is expected: split\(value/],
  ['split(a, b, 0)', 9, /a text that is not empty is expected/],
  ['split(a, "", 0)', 9, /a text that is not empty is expected/],
  ['split(a, "x", "0")', 14, /a number is expected/],
  ['lower(5)', 6, /a path, a call or a text is expected/],
  ['lower(a).b', 8, /lower yields a text/],
  [`first(${Array(17).fill('a').join(',')})`, 38, /fewer are expected/],
  ['x'.repeat(1_025), 0, /at most 1024 characters/],
  [`${'lower('.repeat(17)}a${')'.repeat(17)}`, 96, /nested at most 16 deep/],
]
for (const [text, at, problem] of refusals) {
  t.test(`refused: ${JSON.stringify(text.slice(0, 40))}`, async (t) => {
    refuses(t, () => parseExpression(text, 'title'), new RegExp(`^title: at position ${at}: .*${problem.source}`))
  })
}

t.test('a mapping is checked as a whole', async (t) => {
  t.strictSame(parseMapping(undefined), {})
  const mapping = { title: 'jobTitle', email: null, 'customAttributes.division': 'a.b' }
  t.strictSame(parseMapping(mapping), mapping)
  refuses(t, () => parseMapping([]), 'mapping: an object is expected')
  refuses(t, () => parseMapping({ shoeSize: 'a' }), /^mapping: shoeSize is neither/)
  refuses(t, () => parseMapping({ 'jane@acme.test': 'a' }), /^mapping: a name that is none is neither/)
  refuses(t, () => parseMapping(JSON.parse('{"__proto__": "a"}')), /^mapping: __proto__ is neither/)
  refuses(t, () => parseMapping({ title: 5 }), 'title: an expression, as text, or null is expected')
  refuses(t, () => parseMapping({ title: 'a(' }), 'title: at position 0: this function is not known')
  const custom = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`customAttributes.a${at}`, 'b']))
  t.equal(Object.keys(parseMapping(custom(50))).length, 50)
  refuses(t, () => parseMapping(custom(51)), 'mapping: at most 50 custom attributes are mapped')
  refuses(t, () => parseMapping(custom(65)), 'mapping: at most 64 attributes are mapped')
})

t.test('texts never grow past what is kept', async (t) => {
  const long = { a: 'a'.repeat(4_096), b: 'b'.repeat(4_097), list: Array(3_000).fill('ab') }
  t.equal(evaluate('a', long)?.length, 4_096)
  t.equal(evaluate('b', long), undefined)
  t.equal(evaluate('concat(a, a)', long), undefined)
  t.equal(evaluate('join(list, ",")', long), undefined)
  t.equal(evaluate(`replace(a, "a", "${'x'.repeat(500)}")`, long), undefined)
  t.equal(evaluate('split("😀", "\\uD83D\\uDE00", 0)', long), undefined)
})

t.test('printed and parsed, an expression is itself', async (t) => {
  let parsed = 0
  const property = fc.property(expression, (one) => {
    const text = printExpression(one)
    if (text.length > expressionLimits.characters) return true
    parsed++
    return sameJson(parseExpression(text, 'title'), one)
  })
  holds(t, 'for all', property)
  t.ok(parsed > numRuns / 2, `${parsed} parsed`)
})

t.test('whatever the text, it is refused with its place, or parsed to what it prints', async (t) => {
  const marks = ['first', '(', ')', '[', ']', '"', '`', ',', ' eq ', '.', 'urn:a:', 'a', '0', ' ', '\\', 'true']
  const property = fc.property(fc.array(fc.constantFrom(...marks), { maxLength: 12 }), (parts) => {
    try {
      const one = parseExpression(parts.join(''), 'title')
      return sameJson(parseExpression(printExpression(one), 'title'), one)
    } catch (error) {
      return error instanceof MusterError && /^title: at position \d+: /.test(error.detail)
    }
  })
  holds(t, 'for all', property)
})

t.test('whatever the document, reading it never throws and never provides what is no value', async (t) => {
  let provided = 0
  const property = fc.property(expression, document, (one, from) => {
    const text = printExpression(one)
    if (text.length > expressionLimits.characters) return true
    const value = evaluate(text, from)
    if (value === undefined) return true
    provided++
    return value.trim() !== '' && value.length <= 4_096 && value.isWellFormed()
  })
  holds(t, 'for all', property)
  t.ok(provided > numRuns / 50, `${provided} values`)
})
