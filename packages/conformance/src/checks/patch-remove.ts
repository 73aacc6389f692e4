import type { Check } from '../check.ts'
import { urns } from '../urns.ts'
import { expectSame } from './expect.ts'

const needs = ['patch'] as const

/** `remove` (RFC 7644 §3.5.2.2). */
export const patchRemoveChecks: readonly Check[] = [
  {
    points: [89],
    level: 'MUST',
    title: 'remove without a path is 400 noTarget',
    needs,
    async run(subject) {
      const user = await subject.addUser()
      ;(await subject.patch(user.path, { op: 'remove' })).isError(400).hasScimType('noTarget')
      ;(await subject.get(user.path)).is(200).has('displayName', 'Grace Hopper')
    },
  },
  {
    points: [89],
    level: 'MUST',
    title: 'remove unassigns a value, a part of one, all of many',
    needs,
    async run(subject) {
      const user = await subject.addUser({ externalId: 'here' })
      const after = await subject.patched(
        user.path,
        { op: 'remove', path: 'externalId' },
        { op: 'remove', path: 'name.givenName' },
        { op: 'remove', path: 'emails' },
      )
      after.lacks('externalId', 'name.givenName', 'emails').has('name.familyName', 'Hopper').has('userName', user.name)
    },
  },
  {
    points: [89],
    level: 'MUST',
    title: 'remove with a filter removes what matches; what has nothing left is gone',
    needs,
    async run(subject) {
      const emails = [
        { value: 'a@a.test', type: 'work' },
        { value: 'b@b.test', type: 'home' },
        { value: 'c@c.test', type: 'home' },
      ]
      const user = await subject.addUser({ emails })
      const some = await subject.patched(user.path, { op: 'remove', path: 'emails[type eq "home"]' })
      some.has('emails.0.value', 'a@a.test').lacks('emails.1')
      const part = await subject.patched(user.path, { op: 'remove', path: 'emails[type eq "work"].type' })
      part.has('emails.0.value', 'a@a.test').lacks('emails.0.type')
      const none = await subject.patched(user.path, { op: 'remove', path: 'emails[value eq "a@a.test"]' })
      none.lacks('emails')
    },
  },
  {
    points: [89, 93],
    level: 'MUST',
    title: 'what is required or read-only is not removed: 400 mutability',
    needs,
    async run(subject) {
      const user = await subject.addUser()
      for (const path of ['userName', 'id', 'meta']) {
        ;(await subject.patch(user.path, { op: 'remove', path })).isError(400).hasScimType('mutability')
      }
      ;(await subject.get(user.path)).is(200).has('userName', user.name)
    },
  },
  {
    points: [89],
    level: 'MUST',
    title: 'one member is removed by filter, all of them by name',
    needs: ['patch', 'groups'],
    async run(subject) {
      const users = [await subject.addUser(), await subject.addUser(), await subject.addUser()]
      const [first = '', ...others] = users.map(({ id }) => id)
      const group = await subject.addGroup([first, ...others])
      await subject.patched(group.path, { op: 'remove', path: `members[value eq "${first}"]` })
      expectSame(await subject.memberIds(group.path), others.toSorted(), 'the members')
      await subject.patched(group.path, { op: 'remove', path: 'members' })
      expectSame(await subject.memberIds(group.path), [], 'the members')
    },
  },
  {
    points: [89],
    level: 'OURS',
    title: 'removing what is not there is no failure and no change',
    needs: ['patch', 'groups'],
    async run(subject) {
      const user = await subject.addUser()
      const group = await subject.addGroup([user.id])
      const [userBefore, groupBefore] = [await subject.get(user.path), await subject.get(group.path)]
      const groupAfter = await subject.patched(group.path, { op: 'remove', path: 'members[value eq "nobody"]' })
      const userAfter = await subject.patched(
        user.path,
        { op: 'remove', path: 'emails[type eq "other"]' },
        { op: 'remove', path: 'nickName' },
      )
      groupAfter.has('meta', groupBefore.at('meta') ?? null).has('members.0.value', user.id)
      userAfter.has('meta', userBefore.at('meta') ?? null)
    },
  },
  {
    points: [90],
    level: 'OURS',
    title: 'remove with a value removes those values, and no others',
    needs: ['patch', 'groups'],
    async run(subject) {
      const users = [await subject.addUser(), await subject.addUser(), await subject.addUser(), await subject.addUser()]
      const [a = '', b = '', c = '', d = ''] = users.map(({ id }) => id)
      const group = await subject.addGroup([a, b, c, d])
      const entra = { op: 'Remove', path: 'members', value: [{ $ref: null, value: a }] }
      await subject.patched(group.path, entra)
      expectSame(await subject.memberIds(group.path), [b, c, d].sort(), 'the members')
      await subject.patched(group.path, { op: 'remove', path: 'members', value: { value: b } })
      expectSame(await subject.memberIds(group.path), [c, d].sort(), 'the members')
      await subject.patched(group.path, { op: 'remove', path: 'members', value: { members: [{ value: c }] } })
      expectSame(await subject.memberIds(group.path), [d], 'the members')
      const emails = [
        { value: 'a@a.test', type: 'work' },
        { value: 'b@b.test', type: 'home' },
      ]
      const user = await subject.addUser({ emails })
      const after = await subject.patched(user.path, { op: 'remove', path: 'emails', value: [{ value: 'a@a.test' }] })
      after.has('emails.0.value', 'b@b.test').lacks('emails.1')
    },
  },
  {
    points: [96],
    level: 'OURS',
    title: 'an empty text unassigns: a manager, an optional value',
    needs: ['patch', 'enterprise'],
    async run(subject) {
      const schemas = [urns.user, urns.enterprise]
      const path = `${urns.enterprise}:manager`
      for (const value of ['', { value: '' }]) {
        const user = await subject.addUser({ schemas, [urns.enterprise]: { manager: { value: 'm-1' } } })
        const after = await subject.patched(
          user.path,
          { op: 'Replace', path, value },
          { op: 'replace', path: 'displayName', value: '' },
        )
        after.lacks([urns.enterprise, 'manager'], 'displayName')
      }
    },
  },
]
