import t from 'tap'
import { attributeChanges, isCustomAttribute, isShownAttribute, shapeAttributes } from '../src/index.ts'

t.test(
  'changes are told with both values, null for none; hidden and technical keys are nobody’s business',
  async (t) => {
    const before = {
      title: 'A',
      email: 'e',
      emailKey: 'e',
      managerReference: 'm1',
      'customAttributes.division': 'North',
    }
    const after = { email: 'e', emailKey: 'f', department: 'D', managerReference: 'm2', 'customAttributes.badge': '7' }
    t.strictSame(attributeChanges(before, after), {
      title: { from: 'A', to: null },
      department: { from: null, to: 'D' },
      'customAttributes.badge': { from: null, to: '7' },
      'customAttributes.division': { from: 'North', to: null },
    })
    t.strictSame(attributeChanges(before, before), {})
  },
)

t.test('what is unknown is null, never absent; custom attributes are those there are', async (t) => {
  const { user, profile, customAttributes } = shapeAttributes({
    email: 'e',
    title: 'T',
    managerReference: 'm',
    emailKey: 'e',
    managerKey: 'm',
    'customAttributes.division': 'North',
    'customAttributes.': 'x',
  })
  t.strictSame(user, { email: 'e', firstName: null, lastName: null, username: null })
  t.equal(profile.title, 'T')
  t.equal(profile.startDate, null)
  t.equal(Object.keys(profile).length, 8)
  t.strictSame(customAttributes, { division: 'North' })
})

t.test('custom attributes have plain names', async (t) => {
  const names = ['a', 'costCenter2', 'A_b', 'x'.repeat(64), '', '1a', 'a-b', 'a.b', '__proto__', 'é', 'x'.repeat(65)]
  const allowed = names.filter((name) => isCustomAttribute(`customAttributes.${name}`))
  t.strictSame(allowed, names.slice(0, 4))
  t.notOk(isCustomAttribute('title'))
  t.strictSame(['title', 'managerReference', 'customAttributes.a', 'emailKey', 'constructor'].map(isShownAttribute), [
    true,
    false,
    true,
    false,
    false,
  ])
})
