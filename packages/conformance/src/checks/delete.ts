import type { Check } from '../check.ts'
import { expectSame } from './expect.ts'

/** DELETE (RFC 7644 §3.6) and `/Me` (§3.11). */
export const deleteChecks: readonly Check[] = [
  {
    points: [98],
    level: 'MUST',
    title: 'DELETE is 204 without a body; then there is nothing of the resource',
    needs: ['filter', 'patch'],
    async run(subject) {
      const user = await subject.addUser()
      const answer = (await subject.delete(user.path)).is(204)
      if (answer.text !== '') answer.fail('no body', answer.text)
      ;(await subject.get(user.path)).isError(404)
      ;(await subject.put(user.path, subject.userBody())).isError(404)
      ;(await subject.patch(user.path, { op: 'add', path: 'displayName', value: 'x' })).isError(404)
      ;(await subject.delete(user.path)).isError(404)
      ;(await subject.find('/Users', { filter: `userName eq "${user.name}"` })).isList().has('totalResults', 0)
    },
  },
  {
    points: [98],
    level: 'SHOULD',
    title: 'the name of what is deleted is free again',
    async run(subject) {
      const user = await subject.addUser()
      ;(await subject.delete(user.path)).is(204)
      const again = (await subject.post('/Users', { ...subject.userBody(), userName: user.name })).is(201)
      if (again.textAt('id') === user.id) again.fail('another id', user.id)
    },
  },
  {
    points: [98],
    level: 'OURS',
    title: 'a deleted user is in no group, and a deleted group on no user',
    needs: ['groups'],
    async run(subject) {
      const [user, other] = [await subject.addUser(), await subject.addUser()]
      const group = await subject.addGroup([user.id, other.id])
      ;(await subject.delete(user.path)).is(204)
      expectSame(await subject.memberIds(group.path), [other.id], 'the members')
      ;(await subject.delete(group.path)).is(204)
      ;(await subject.get(group.path)).isError(404)
      ;(await subject.get(other.path)).is(200).lacks('groups')
    },
  },
  {
    points: [99],
    level: 'SHOULD',
    title: '/Me is answered, redirected or 501',
    async run(subject) {
      const answer = await subject.get('/Me')
      if (answer.status === 501) answer.isError(501)
      else if (answer.status === 308) answer.hasHeader('location', /\/Users\/[^/]+$/)
      else answer.is(200).textAt('id')
    },
  },
]
