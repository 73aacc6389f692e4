import type { Check } from '../check.ts'
import { lookUp } from '../json-path.ts'
import { urns } from '../urns.ts'
import { expectSame } from './expect.ts'

const needs = ['patch'] as const

/** `add` (RFC 7644 §3.5.2.1). */
export const patchAddChecks: readonly Check[] = [
  {
    points: [87],
    level: 'MUST',
    title: 'add needs a value; without a path that is what is merged',
    needs,
    async run(subject) {
      const user = await subject.addUser({ displayName: null })
      ;(await subject.patch(user.path, { op: 'add', path: 'displayName' })).isError(400)
      const after = await subject.patched(user.path, {
        op: 'add',
        value: { displayName: 'Added', emails: [{ value: 'b@b.test', type: 'home' }] },
      })
      after.has('displayName', 'Added').has('userName', user.name)
      const emails = after.at('emails')
      const values = (Array.isArray(emails) ? emails : []).map((email) => `${lookUp(email, 'value')}`).sort()
      expectSame(values, [user.name, 'b@b.test'].sort(), 'both emails')
    },
  },
  {
    points: [87],
    level: 'MUST',
    title: 'add sets a single value, sets a part of a complex one, appends to many',
    needs,
    async run(subject) {
      const user = await subject.addUser()
      const after = await subject.patched(
        user.path,
        { op: 'add', path: 'displayName', value: 'Set' },
        { op: 'add', path: 'name.middleName', value: 'Brewster' },
        { op: 'add', path: 'emails', value: [{ value: 'b@b.test', type: 'home' }] },
      )
      after.has('displayName', 'Set').has('name.middleName', 'Brewster').has('name.familyName', 'Hopper')
      after.has('emails.1.value', 'b@b.test').lacks('emails.2')
    },
  },
  {
    points: [87],
    level: 'MUST',
    title: 'add of what is there changes nothing, not even lastModified',
    needs,
    async run(subject) {
      const user = await subject.addUser()
      const before = (await subject.get(user.path)).is(200)
      await new Promise((resolve) => setTimeout(resolve, 1_100))
      const after = await subject.patched(
        user.path,
        { op: 'add', path: 'displayName', value: 'Grace Hopper' },
        { op: 'add', path: 'emails', value: [{ value: user.name, type: 'work', primary: true }] },
        { op: 'add', value: { active: true } },
      )
      after.has('emails', before.at('emails') ?? null).has('meta', before.at('meta') ?? null)
    },
  },
  {
    points: [87],
    level: 'MUST',
    title: 'members are added once, however often',
    needs: ['patch', 'groups'],
    async run(subject) {
      const [one, other] = [await subject.addUser(), await subject.addUser()]
      const group = await subject.addGroup([one.id])
      const add = (...ids: string[]) => ({ op: 'add', path: 'members', value: ids.map((value) => ({ value })) })
      await subject.patched(group.path, add(one.id, other.id), add(other.id))
      expectSame(await subject.memberIds(group.path), [one.id, other.id].sort(), 'the members')
      await subject.patched(group.path, { op: 'add', value: { members: [{ value: one.id, display: 'Grace' }] } })
      expectSame(await subject.memberIds(group.path), [one.id, other.id].sort(), 'the members')
    },
  },
  {
    points: [88],
    level: 'OURS',
    title: 'add to a filtered value that is missing makes it, and several operations hit the same',
    needs: ['patch', 'User.phoneNumbers', 'User.addresses'],
    async run(subject) {
      const user = await subject.addUser({ emails: [] })
      const after = await subject.patched(
        user.path,
        { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+1' },
        { op: 'Add', path: 'emails[type eq "work"].display', value: 'Work' },
        { op: 'Add', path: 'emails[type eq "work"].value', value: 'w@w.test' },
        { op: 'Add', path: 'addresses[type eq "work" and primary eq true].locality', value: 'Arlington' },
      )
      after.has('phoneNumbers', [{ type: 'mobile', value: '+1' }])
      after.has('emails.0.value', 'w@w.test').has('emails.0.display', 'Work').lacks('emails.1')
      after.has('addresses.0.locality', 'Arlington').has('addresses.0.primary', true)
    },
  },
  {
    points: [92],
    level: 'MUST',
    title: 'a new primary value takes the mark from the old one',
    needs,
    async run(subject) {
      const user = await subject.addUser()
      const home = { value: 'b@b.test', type: 'home', primary: true }
      const added = await subject.patched(user.path, { op: 'add', path: 'emails', value: [home] })
      const primary = (list: unknown) =>
        (Array.isArray(list) ? list : [])
          .filter((one) => lookUp(one, 'primary') === true)
          .map((one) => lookUp(one, 'value'))
      if (primary(added.at('emails')).join() !== home.value) added.fail(home.value, `${primary(added.at('emails'))}`)
      const set = { op: 'replace', path: 'emails[type eq "work"].primary', value: true }
      const flipped = await subject.patched(user.path, set)
      if (primary(flipped.at('emails')).join() !== user.name)
        flipped.fail(user.name, `${primary(flipped.at('emails'))}`)
    },
  },
  {
    points: [93],
    level: 'MUST',
    title: 'a value must fit the schema',
    needs,
    async run(subject) {
      const user = await subject.addUser()
      for (const [path, value] of [
        ['active', 'perhaps'],
        ['name', 'Grace'],
        ['displayName', { a: 1 }],
        ['emails', [['x']]],
      ] as const) {
        const operation = { op: 'replace', path, value: value as unknown as string }
        ;(await subject.patch(user.path, operation)).isError(400)
      }
      const read = (await subject.get(user.path)).is(200).has('active', true).has('displayName', 'Grace Hopper')
      read.has('emails.0.value', user.name)
    },
  },
  {
    points: [94],
    level: 'MUST',
    title: 'a qualified path adds the extension to schemas; the core URN is none',
    needs: ['patch', 'enterprise'],
    async run(subject) {
      const user = await subject.addUser()
      const after = await subject.patched(
        user.path,
        { op: 'add', path: `${urns.enterprise}:department`, value: 'Physics' },
        { op: 'add', path: `${urns.user}:displayName`, value: 'Qualified' },
        { op: 'replace', path: `${urns.user.toLowerCase()}:name.givenName`, value: 'Ada' },
      )
      after.has([urns.enterprise, 'department'], 'Physics').has('displayName', 'Qualified').has('name.givenName', 'Ada')
      after.satisfies('schemas', urns.enterprise, (value) => Array.isArray(value) && value.includes(urns.enterprise))
      after.lacks([urns.user])
    },
  },
  {
    points: [94, 25],
    level: 'OURS',
    title: 'without its last attribute an extension is gone from schemas',
    needs: ['patch', 'enterprise'],
    async run(subject) {
      const extension = { department: 'Physics' }
      const user = await subject.addUser({ schemas: [urns.user, urns.enterprise], [urns.enterprise]: extension })
      const after = await subject.patched(user.path, { op: 'remove', path: `${urns.enterprise}:department` })
      after.has('schemas', [urns.user])
      if (after.at([urns.enterprise]) !== undefined) after.fail('no empty extension', 'one')
    },
  },
]
