import type { Check } from '../check.ts'
import { urns } from '../urns.ts'
import { expectSame } from './expect.ts'

const needs = ['patch'] as const

const twoEmails = [
  { value: 'a@a.test', type: 'work', display: 'A' },
  { value: 'b@b.test', type: 'home', display: 'B' },
]

/** `replace` (RFC 7644 §3.5.2.3). */
export const patchReplaceChecks: readonly Check[] = [
  {
    points: [91],
    level: 'MUST',
    title: 'replace sets a value, adds a missing one, merges what has no path',
    needs,
    async run(subject) {
      const user = await subject.addUser()
      const after = await subject.patched(
        user.path,
        { op: 'replace', path: 'displayName', value: 'New' },
        { op: 'replace', path: 'externalId', value: 'added' },
        { op: 'replace', value: { active: false } },
      )
      after.has('displayName', 'New').has('externalId', 'added').has('active', false).has('userName', user.name)
    },
  },
  {
    points: [91],
    level: 'MUST',
    title: 'what a complex value leaves out stays, with and without a path',
    needs,
    async run(subject) {
      const user = await subject.addUser()
      const byPath = await subject.patched(user.path, { op: 'replace', path: 'name', value: { givenName: 'Ada' } })
      byPath.has('name.givenName', 'Ada').has('name.familyName', 'Hopper')
      const split = await subject.patched(
        user.path,
        { op: 'replace', value: { name: { familyName: 'Lovelace' } } },
        { op: 'replace', value: { name: { givenName: 'Augusta' } } },
      )
      split.has('name.givenName', 'Augusta').has('name.familyName', 'Lovelace')
    },
  },
  {
    points: [91],
    level: 'MUST',
    title: 'a list is replaced as a whole; the empty one clears it',
    needs,
    async run(subject) {
      const user = await subject.addUser({ emails: twoEmails })
      const value = [{ value: 'c@c.test', type: 'other' }]
      const set = await subject.patched(user.path, { op: 'replace', path: 'emails', value })
      set.has('emails.0.value', 'c@c.test').lacks('emails.1')
      ;(await subject.patched(user.path, { op: 'replace', value: { emails: twoEmails } })).has('emails.1.type', 'home')
      ;(await subject.patched(user.path, { op: 'replace', path: 'emails', value: [] })).lacks('emails')
    },
  },
  {
    points: [91],
    level: 'MUST',
    title: 'members are replaced as a whole, with and without a path; the empty list clears them',
    needs: ['patch', 'groups'],
    async run(subject) {
      const [one, other] = [await subject.addUser(), await subject.addUser()]
      const group = await subject.addGroup([one.id])
      const members = [{ value: other.id }]
      await subject.patched(group.path, { op: 'replace', path: 'members', value: members })
      expectSame(await subject.memberIds(group.path), [other.id], 'the members')
      await subject.patched(group.path, { op: 'replace', value: { members: [{ value: one.id }] } })
      expectSame(await subject.memberIds(group.path), [one.id], 'the members')
      await subject.patched(group.path, { op: 'replace', value: { members: [] } })
      expectSame(await subject.memberIds(group.path), [], 'the members')
      await subject.patched(group.path, { op: 'add', path: 'members', value: members })
      await subject.patched(group.path, { op: 'replace', path: 'members', value: [] })
      expectSame(await subject.memberIds(group.path), [], 'the members')
    },
  },
  {
    points: [91],
    level: 'MUST',
    title: 'every value that a filter finds is changed, and only those',
    needs,
    async run(subject) {
      const user = await subject.addUser({ emails: [...twoEmails, { value: 'c@c.test', type: 'home' }] })
      const path = 'emails[type eq "home"].display'
      const after = await subject.patched(user.path, { op: 'replace', path, value: 'Home' })
      after.has('emails.0.display', 'A').has('emails.1.display', 'Home').has('emails.2.display', 'Home')
      after.has('emails.1.value', 'b@b.test').has('emails.2.value', 'c@c.test')
    },
  },
  {
    points: [91],
    level: 'OURS',
    title: 'a filtered value keeps what its replacement leaves out',
    needs,
    async run(subject) {
      const user = await subject.addUser({ emails: twoEmails })
      const value = { value: 'x@a.test' }
      const after = await subject.patched(user.path, { op: 'replace', path: 'emails[type eq "work"]', value })
      after.has('emails.0', { value: 'x@a.test', type: 'work', display: 'A' }).has('emails.1', twoEmails[1] ?? null)
    },
  },
  {
    points: [91],
    level: 'MUST',
    title: 'a filter that finds nothing is 400 noTarget',
    needs,
    only: 'rfc',
    async run(subject) {
      const user = await subject.addUser()
      for (const [path, value] of [
        ['emails[type eq "other"].value', 'x@a.test'],
        ['emails[type eq "other"]', { value: 'x@a.test' }],
      ] as const) {
        ;(await subject.patch(user.path, { op: 'replace', path, value })).isError(400).hasScimType('noTarget')
      }
      ;(await subject.get(user.path)).is(200).lacks('emails.1')
    },
  },
  {
    points: [91],
    level: 'OURS',
    title: 'a filtered value that is missing is made',
    needs: ['patch', 'User.phoneNumbers'],
    async run(subject) {
      const user = await subject.addUser({ emails: [] })
      const after = await subject.patched(
        user.path,
        { op: 'Replace', path: 'emails[type eq "work"].value', value: 'w@w.test' },
        { op: 'Replace', path: 'phoneNumbers[type eq "work"]', value: { value: '+1' } },
      )
      after.has('emails', [{ type: 'work', value: 'w@w.test' }]).has('phoneNumbers', [{ type: 'work', value: '+1' }])
    },
  },
  {
    points: [95],
    level: 'OURS',
    title: 'keys of a value may be dotted, qualified, or whole paths',
    needs: ['patch', 'enterprise'],
    async run(subject) {
      const user = await subject.addUser()
      const after = await subject.patched(user.path, {
        op: 'replace',
        value: {
          'name.givenName': 'Ada',
          [`${urns.enterprise}:employeeNumber`]: '7',
          [urns.enterprise]: { department: 'Physics' },
          [`${urns.user}:displayName`]: 'Qualified',
          'emails[type eq "work"].value': 'w@w.test',
        },
      })
      after.has('name.givenName', 'Ada').has('name.familyName', 'Hopper').has('displayName', 'Qualified')
      after.has([urns.enterprise, 'employeeNumber'], '7').has([urns.enterprise, 'department'], 'Physics')
      after.has('emails.0.value', 'w@w.test').lacks('emails.1')
    },
  },
  {
    points: [96],
    level: 'OURS',
    title: 'text booleans, bare managers and lists of one are understood',
    needs: ['patch', 'enterprise', 'User.roles'],
    async run(subject) {
      const user = await subject.addUser()
      const manager = [urns.enterprise, 'manager', 'value']
      const text = await subject.patched(user.path, { op: 'Replace', path: 'active', value: 'False' })
      text.has('active', false)
      for (const [path, value] of [
        [`${urns.enterprise}:manager`, 'm-1'],
        ['manager', [{ $ref: null, value: 'm-2' }]],
        [`${urns.enterprise}:manager`, { value: 'm-3' }],
      ] as const) {
        const after = await subject.patched(user.path, { op: 'Add', path, value: value as string })
        after.has(manager, typeof value === 'string' ? value : 'value' in value ? value.value : value[0].value)
      }
      const role = '{"id":"06b0","value":"Admin","displayName":"Admin"}'
      const roles = await subject.patched(user.path, { op: 'Add', path: 'roles', value: [{ value: role }] })
      roles.has('roles.0.value', role)
    },
  },
  {
    points: [97],
    level: 'SHOULD',
    title: 'a path of no attribute is refused',
    needs,
    only: 'rfc',
    async run(subject) {
      const user = await subject.addUser()
      ;(await subject.patch(user.path, { op: 'replace', path: 'shoeSize', value: 43 })).isError(400)
      ;(await subject.patch(user.path, { op: 'replace', path: 'name.nope', value: 'x' })).isError(400)
    },
  },
  {
    points: [97],
    level: 'OURS',
    title: 'a path of no attribute is ignored, the rest takes effect',
    needs,
    async run(subject) {
      const user = await subject.addUser()
      const after = await subject.patched(
        user.path,
        { op: 'Replace', path: 'shoeSize', value: 43 },
        { op: 'Replace', path: 'displayName', value: 'New' },
      )
      after.has('displayName', 'New').lacks('shoeSize')
    },
  },
]
