import fc from 'fast-check'
import t from 'tap'
import { applyMapping, changedTargets, compileMapping, type SourceType } from '../src/index.ts'
import { holds } from './support/holds.ts'
import { sameJson } from './support/same-json.ts'
import { type ScimUser, scimUserByHand } from './support/scim-user-by-hand.ts'
import { sourceUsers } from './support/source-users.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

for (const [type, { document, person }] of Object.entries(sourceUsers)) {
  t.test(`${type}: a full user says everything about the person`, async (t) => {
    t.same(applyMapping(compileMapping(type as SourceType), document), person)
  })
  t.test(`${type}: what is no user says nothing`, async (t) => {
    for (const document of [undefined, null, 'x', 7, [], [[]], {}, { name: [], emails: {}, profile: null }]) {
      t.strictSame(applyMapping(compileMapping(type as SourceType), document), {})
    }
  })
}

const scim = compileMapping('SCIM')
const emailCases: [about: string, user: Record<string, unknown>, email: string | undefined][] = [
  [
    'primary before work',
    {
      emails: [
        { value: 'w', type: 'work' },
        { value: 'p', primary: true },
      ],
    },
    'p',
  ],
  ['types in any case', { emails: [{ value: 'h' }, { value: 'w', type: 'Work' }] }, 'w'],
  ['the first when none is preferred', { emails: [{ value: 'a' }, { value: 'b' }] }, 'a'],
  ['the userName when it looks like one', { userName: 'a@b' }, 'a@b'],
  ['the userName in place of a blank one', { userName: 'a@b', emails: [{ value: ' ' }] }, 'a@b'],
  ['no guess otherwise', { userName: 'a b@c' }, undefined],
  ['blank is not provided', { emails: [{ value: '  ' }] }, undefined],
  ['not a list', { emails: 'x' }, undefined],
]
for (const [about, user, email] of emailCases) {
  t.test(`SCIM email: ${about}`, async (t) => t.equal(applyMapping(scim, user).email, email))
}

t.test('the expressions for SCIM say what the mapping by hand says', async (t) => {
  const text = fc.string({ minLength: 1, maxLength: 8 }).filter((one) => one.trim() !== '')
  const rare = { requiredKeys: [] as never[] }
  const type = fc.constantFrom('work', 'WORK', 'home', 'mobile', 'other')
  const elements = fc.array(
    fc.record({ value: text, type, primary: fc.boolean(), locality: text, formatted: text }, rare),
    { minLength: 1, maxLength: 4 },
  )
  const user: fc.Arbitrary<ScimUser> = fc.record(
    {
      userName: fc.oneof(text, fc.emailAddress()),
      name: fc.record({ givenName: text, familyName: text }, rare),
      title: text,
      emails: elements,
      phoneNumbers: elements,
      addresses: elements,
      [enterprise]: fc.record(
        {
          department: text,
          employeeNumber: text,
          costCenter: text,
          manager: fc.record({ value: text, displayName: text }, rare),
        },
        rare,
      ),
    },
    { requiredKeys: ['userName'] },
  )
  holds(
    t,
    'for all',
    fc.property(user, (one) => sameJson(applyMapping(scim, one), scimUserByHand(one))),
  )
})

t.test('a directory’s own mapping lies over the default; null takes an attribute out', async (t) => {
  const own = { title: 'nickName', department: null, 'customAttributes.division': 'urn:okta:custom:user:1.0:division' }
  const mapping = compileMapping('SCIM', own)
  const document = {
    userName: 'jane',
    title: 'Engineer',
    nickName: 'Janie',
    [enterprise]: { department: 'R&D' },
    'urn:okta:custom:user:1.0': { division: 'North' },
  }
  t.same(applyMapping(mapping, document), { username: 'jane', title: 'Janie', 'customAttributes.division': 'North' })
  t.strictSame(changedTargets(scim, mapping), ['customAttributes.division', 'department', 'title'])
  t.strictSame(changedTargets(scim, compileMapping('SCIM', { title: ' title ' })), [])
})
