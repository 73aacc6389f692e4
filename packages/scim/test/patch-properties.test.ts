import {
  type JsonObject,
  parseGroup,
  parseSelection,
  parseUser,
  patchGroupAttributes,
  patchUser,
  planGroupPatch,
  profiles,
  project,
} from '@muster/scim'
import { seedElse, times } from '@muster/testkit/effort'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { attempt } from './support/attempt.ts'
import { changesSince, snapshotBuiltIns } from './support/built-ins.ts'
import { operationOn, type TwofoldOperation } from './support/patch-arbitraries.ts'
import { contractSchema, siteDialects, siteSchema } from './support/site-schemas.ts'

const seed = seedElse(20_261_122)
const { compatible, strict } = siteDialects
const { user } = compatible.types
/** What is kept satisfies the RFCs, except that an address may have been no URI. */
const almostStrict = { ...strict, profile: { ...profiles.strict, anyTextAsReference: true } }
const message = (Operations: readonly unknown[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
})
const jane = parseUser(
  {
    userName: 'jane',
    emails: [{ value: 'a', type: 'work' }],
    name: { givenName: 'J' },
    [siteSchema.id]: { tags: ['a'], desk: { place: 'left' } },
  },
  compatible,
)
const team = parseGroup({ displayName: 'team' }, compatible).document

function holds(t: Test, property: fc.IProperty<unknown>, runs: number): void {
  const outcome = fc.check(property, { seed, numRuns: times(runs, runs * 100) })
  t.equal(outcome.failed ? fc.defaultReportMessage(outcome) : '', '', `${runs} cases`)
}

/** Documents with some history, and what their projection must be parsed back to. */
const document = fc.array(operationOn(user, true), { maxLength: 12 }).map((operations) =>
  operations.reduce((current, { sent }) => {
    const outcome = attempt(() => patchUser(current, message([sent]), compatible).document)
    return typeof outcome === 'string' ? current : outcome
  }, jane),
)

t.test(`#84 #87 #91 what a PATCH says twice it says once (seed ${seed})`, async (t) => {
  const operation = operationOn(user, true).filter(({ sent }) => sent.op !== 'remove')
  const property = fc.property(document, operation, (current, { sent }: TwofoldOperation) => {
    const before = JSON.stringify(current)
    const first = attempt(() => patchUser(current, message([sent]), compatible))
    if (JSON.stringify(current) !== before) throw new Error('the input was touched')
    if (typeof first === 'string' || !isIdempotent(sent)) return
    if (first.changed === (JSON.stringify(first.document) === before))
      throw new Error('changed does not say what happened')
    const second = attempt(() => patchUser(first.document, message([sent]), compatible))
    if (typeof second === 'string') throw new Error(`refused the second time: ${second}`)
    if (second.changed) throw new Error(`${JSON.stringify(first.document)} became ${JSON.stringify(second.document)}`)
  })
  holds(t, property, 2_000)
})

/** With a filter the first time may end what the filter looks for, and the second one make or miss it. */
function isIdempotent({ path = '' }: { path?: string }): boolean {
  return !path.includes('[')
}

t.test(`#25 #30 #94 documents are canonical, and shown in full they are parsed back (seed ${seed})`, async (t) => {
  const everything = parseSelection(
    {
      attributes: [
        ...user.schema.attributes.map(({ name }) => name),
        'externalId',
        ...user.extensions.map(({ id }) => id),
      ],
    },
    user,
  )
  const property = fc.property(document, (current) => {
    const text = JSON.stringify(current)
    if (JSON.stringify(parseUser(current, compatible)) !== text) throw new Error(`not canonical: ${text}`)
    if (JSON.stringify(parseUser(current, almostStrict)) !== text) throw new Error(`not even strictly: ${text}`)
    const shown = project({ ...current, id: 'x', meta: { resourceType: 'User' } }, everything, user)
    if (JSON.stringify(parseUser(shown, almostStrict, current)) !== text)
      throw new Error(`a PUT of a GET changes ${text}`)
    const named = (current.schemas as string[]).slice(1)
    const held = user.extensions.map(({ id }) => id).filter((id) => current[id] !== undefined)
    if (named.join() !== held.join()) throw new Error(`schemas: ${named.join()}`)
    const empty = /null|\[\]|\{\}/.exec(text)
    if (empty) throw new Error(`unassigned and still there: ${text}`)
  })
  holds(t, property, 1_000)
})

const spellings = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__', 'valueOf']
const tricks = [
  '＿＿proto＿＿',
  '__proto\u200b__',
  '__proto__\u0000',
  '\u0130d',
  'ＣＯＮＳＴＲＵＣＴＯＲ',
  '__PROTO__',
  ' __proto__ ',
]
const word = fc.constantFrom(
  ...spellings,
  ...tricks,
  'name',
  'emails',
  'tags',
  'value',
  siteSchema.id,
  contractSchema.id,
  '',
)
const joiner = fc.constantFrom('.', ':', '[', ']', '].', '[value eq "', '"]', ' ')
const hostilePath = fc
  .array(fc.tuple(word, joiner), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.flat().slice(0, -1).join(''))
const poison = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('polluted', null, true, 1, 'yes'),
    fc.array(tie('json'), { maxLength: 3 }),
    fc
      .array(fc.tuple(fc.oneof(word, hostilePath), tie('json')), { maxLength: 3 })
      .map((entries) => Object.fromEntries(entries)),
  ),
})).json
const hostileOperation = fc.record(
  {
    op: fc.constantFrom('add', 'replace', 'remove', 'Add', '__proto__'),
    path: fc.oneof(hostilePath, poison),
    value: poison,
  },
  { requiredKeys: ['op'] },
)

t.test(`#119 no PATCH, whether it succeeds or fails, changes a built-in (seed ${seed})`, async (t) => {
  const snapshot = snapshotBuiltIns()
  let [succeeded, refused] = [0, 0]
  const property = fc.property(
    // As text and back, so that `__proto__` is an own key, as it is after parsing a request.
    fc.array(hostileOperation, { maxLength: 3 }).map((operations) => JSON.parse(JSON.stringify(message(operations)))),
    fc.constantFrom(...Object.values(siteDialects)),
    (body, dialect) => {
      const outcomes = [
        attempt<JsonObject>(() => patchUser(jane, body, dialect).document),
        attempt<JsonObject>(() => patchGroupAttributes(team, planGroupPatch(body, dialect), dialect).document),
        attempt<JsonObject>(() => parseUser({ userName: 'x', ...body.Operations[0]?.value }, dialect)),
      ]
      for (const outcome of outcomes) {
        if (typeof outcome === 'string') refused++
        else succeeded++
      }
      if (Reflect.get({}, 'polluted') !== undefined) throw new Error('polluted')
    },
  )
  holds(t, property, 5_000)
  t.same(changesSince(snapshot), [])
  t.ok(succeeded > 1_000 && refused > 1_000, `${succeeded} succeeded, ${refused} refused`)
  Object.defineProperty(Map.prototype, 'polluted', { value: 1, configurable: true })
  t.not(changesSince(snapshot).length, 0, 'the snapshot would have seen it')
  Reflect.deleteProperty(Map.prototype, 'polluted')
})
