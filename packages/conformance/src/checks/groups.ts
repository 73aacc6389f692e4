import type { Check } from '../check.ts'
import { lookUp } from '../json-path.ts'
import { urns } from '../urns.ts'
import { expectSame } from './expect.ts'

/** Groups and what users see of them (RFC 7643 §4.1.2, §4.2). */
export const groupChecks: readonly Check[] = [
  {
    points: [35],
    level: 'MUST',
    title: 'a user’s groups follow the groups',
    needs: ['groups', 'User.groups'],
    async run(subject) {
      const user = await subject.addUser()
      const group = await subject.addGroup([user.id])
      const read = (await subject.get(user.path)).is(200).has('groups.0.value', group.id)
      const type = read.at('groups.0.type')
      if (type !== undefined && type !== 'direct') read.fail('type direct', String(type))
      const reference = read.at('groups.0.$ref')
      if (reference !== undefined && !`${reference}`.endsWith(group.path))
        read.fail(`$ref to ${group.path}`, `${reference}`)
      ;(await subject.delete(group.path)).is(204)
      ;(await subject.get(user.path)).is(200).lacks('groups')
    },
  },
  {
    points: [35, 37],
    level: 'MUST',
    title: 'a PUT of a user does not touch the groups',
    needs: ['groups', 'User.groups'],
    async run(subject) {
      const user = await subject.addUser()
      const group = await subject.addGroup([user.id])
      const body = { ...subject.userBody({ groups: [] }), userName: user.name }
      ;(await subject.put(user.path, body)).is(200)
      expectSame(await subject.memberIds(group.path), [user.id], 'the members')
      ;(await subject.get(user.path)).is(200).has('groups.0.value', group.id)
    },
  },
  {
    points: [35],
    level: 'MAY',
    title: 'groups that hold a user’s group are shown as indirect',
    needs: ['groups', 'User.groups'],
    async run(subject) {
      const user = await subject.addUser()
      const inner = await subject.addGroup([user.id])
      const outer = await subject.addGroup([inner.id])
      const read = (await subject.get(user.path)).is(200)
      const groups = read.at('groups')
      const typeOf = (id: string) =>
        lookUp(
          (Array.isArray(groups) ? groups : []).find((group) => lookUp(group, 'value') === id),
          'type',
        )
      if (typeOf(inner.id) !== 'direct') read.fail('the inner group as direct', String(typeOf(inner.id)))
      if (typeOf(outer.id) !== 'indirect') read.fail('the outer group as indirect', String(typeOf(outer.id)))
    },
  },
  {
    points: [35],
    level: 'MUST',
    title: 'a group needs a displayName',
    needs: ['groups'],
    async run(subject) {
      ;(await subject.post('/Groups', { schemas: [urns.group] })).isError(400)
    },
  },
  {
    points: [44, 49, 79],
    level: 'MUST',
    title: 'a group is created, read, replaced and deleted like any resource',
    needs: ['groups'],
    async run(subject) {
      const [one, other] = [await subject.addUser(), await subject.addUser()]
      const group = await subject.addGroup([one.id, other.id], { externalId: `g-${subject.nonce}` })
      const read = (await subject.get(group.path)).is(200).has('displayName', group.name)
      read.has('externalId', `g-${subject.nonce}`).has('meta.resourceType', 'Group')
      expectSame(await subject.memberIds(group.path), [one.id, other.id].sort(), 'the members')
      const body = { schemas: [urns.group], displayName: group.name, members: [{ value: other.id }] }
      ;(await subject.put(group.path, body)).is(200, 204)
      expectSame(await subject.memberIds(group.path), [other.id], 'the members after a PUT')
      ;(await subject.delete(group.path)).is(204)
      ;(await subject.get(group.path)).is(404)
    },
  },
  {
    points: [98],
    level: 'OURS',
    title: 'a deleted user is no member any more, and the version of the group moves',
    needs: ['groups', 'etag'],
    async run(subject) {
      const [one, other] = [await subject.addUser(), await subject.addUser()]
      const group = await subject.addGroup([one.id, other.id])
      const before = (await subject.get(group.path)).is(200).textAt('meta.version')
      ;(await subject.delete(one.path)).is(204)
      const after = (await subject.get(group.path)).is(200)
      expectSame(await subject.memberIds(group.path), [other.id], 'the members')
      if (after.textAt('meta.version') === before) after.fail('another version', before)
    },
  },
]
