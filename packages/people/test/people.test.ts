import { attributeChanges, mapScimUser, shapeAttributes } from '@muster/people'
import t from 'tap'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

t.test('a full SCIM user says everything about the person', async (t) => {
  const mapped = mapScimUser({
    userName: 'jane.doe',
    name: { givenName: 'Jane', familyName: 'Doe' },
    title: 'Engineer',
    emails: [
      { value: 'home@x.test', type: 'home' },
      { value: 'work@x.test', type: 'work' },
    ],
    phoneNumbers: [
      { value: '1', type: 'fax' },
      { value: '2', type: 'mobile' },
    ],
    addresses: [{ type: 'work', locality: 'Bonn', formatted: 'Street 1, Bonn' }],
    [enterprise]: { department: 'R&D', employeeNumber: '7', costCenter: 'C1', manager: { value: 'm1' } },
  })
  t.strictSame(mapped, {
    email: 'work@x.test',
    firstName: 'Jane',
    lastName: 'Doe',
    username: 'jane.doe',
    department: 'R&D',
    title: 'Engineer',
    employeeId: '7',
    manager: 'm1',
    location: 'Bonn',
    phoneNumber: '2',
    costCenter: 'C1',
  })
})

const emailCases: [about: string, user: Record<string, unknown>, email: string | undefined][] = [
  [
    'the primary one before work',
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
  ['no guess otherwise', { userName: 'a b@c' }, undefined],
  ['blank is not provided', { emails: [{ value: '  ' }] }, undefined],
  ['not a list', { emails: 'x' }, undefined],
]
for (const [about, user, email] of emailCases) {
  t.test(`email: ${about}`, async (t) => t.equal(mapScimUser(user).email, email))
}

t.test('changes are told with both values, null for none', async (t) => {
  t.strictSame(attributeChanges({ title: 'A', email: 'e' }, { email: 'e', department: 'D' }), {
    title: { from: 'A', to: null },
    department: { from: null, to: 'D' },
  })
  t.strictSame(attributeChanges({ email: 'e' }, { email: 'e' }), {})
})

t.test('what is unknown is null, never absent', async (t) => {
  const { user, profile } = shapeAttributes({ email: 'e', title: 'T' })
  t.strictSame(user, { email: 'e', firstName: null, lastName: null, username: null })
  t.equal(profile.title, 'T')
  t.equal(profile.startDate, null)
  t.equal(Object.keys(profile).length, 8)
})
