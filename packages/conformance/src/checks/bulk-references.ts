import type { Check } from '../check.ts'
import { patchOf } from '../subject.ts'
import { urns } from '../urns.ts'
import { creation, pathAt, sendBulk, statusesOf } from './bulk-message.ts'
import { expectSame } from './expect.ts'

/** `bulkId:` (RFC 7644 §3.7.1, §3.7.2). */
export const bulkReferenceChecks: readonly Check[] = [
  {
    points: [104],
    level: 'MUST',
    title: 'a bulkId stands for the id of what is made, before or after',
    needs: ['bulk', 'groups'],
    async run(subject) {
      const group = (bulkId: string, ...members: string[]) =>
        creation(
          bulkId,
          { schemas: [urns.group], displayName: subject.unique('group'), members: members.map((value) => ({ value })) },
          '/Groups',
        )
      const answer = await sendBulk(subject, [
        group('early', 'bulkId:ada'),
        creation('ada', subject.userBody()),
        group('late', 'bulkId:ada', 'bulkId:early'),
      ])
      expectSame(statusesOf(answer), ['201', '201', '201'], 'the statuses')
      const [early, ada, late] = [pathAt(answer, 0), pathAt(answer, 1), pathAt(answer, 2)]
      const [adaId = '', earlyId = ''] = [ada, early].map((path) => path.split('/').at(-1))
      expectSame(await subject.memberIds(early), [adaId], 'the members of the first')
      expectSame(await subject.memberIds(late), [adaId, earlyId].sort(), 'the members of the last')
      const read = await subject.get(ada)
      if (/bulkId:/i.test(read.text)) read.fail('no bulkId in what is stored', 'one')
    },
  },
  {
    points: [104],
    level: 'MUST',
    title: 'circles are resolved, or fail with 409',
    needs: ['bulk', 'groups'],
    async run(subject) {
      const group = (bulkId: string, member: string) =>
        creation(
          bulkId,
          { schemas: [urns.group], displayName: subject.unique('group'), members: [{ value: member }] },
          '/Groups',
        )
      const answer = await sendBulk(subject, [group('a', 'bulkId:b'), group('b', 'bulkId:a')])
      const statuses = statusesOf(answer)
      if (statuses.includes('409')) return
      expectSame(statuses, ['201', '201'], 'the statuses')
      const [a, b] = [pathAt(answer, 0), pathAt(answer, 1)]
      expectSame(await subject.memberIds(a), [b.split('/').at(-1) ?? ''], 'the members of the one')
      expectSame(await subject.memberIds(b), [a.split('/').at(-1) ?? ''], 'the members of the other')
    },
  },
  {
    points: [104],
    level: 'MUST',
    title: 'a bulkId stands in extensions, PATCH values and paths as well',
    needs: ['bulk', 'groups', 'patch', 'enterprise'],
    async run(subject) {
      const manager = { value: 'bulkId:boss' }
      const user = subject.userBody({ schemas: [urns.user, urns.enterprise], [urns.enterprise]: { manager } })
      const group = await subject.addGroup()
      const add = { op: 'add', path: 'members', value: [{ value: 'bulkId:boss' }] }
      const answer = await sendBulk(subject, [
        creation('clerk', user),
        creation('boss', subject.userBody()),
        { method: 'PATCH', path: group.path, data: patchOf(add) },
        {
          method: 'PATCH',
          path: '/Users/bulkId:boss',
          data: patchOf({ op: 'replace', path: 'displayName', value: 'Boss' }),
        },
      ])
      const statuses = statusesOf(answer).map((status) => status.replace('204', '200'))
      expectSame(statuses, ['201', '201', '200', '200'], 'the statuses')
      const boss = pathAt(answer, 1)
      const bossId = boss.split('/').at(-1) ?? ''
      ;(await subject.get(pathAt(answer, 0))).is(200).has([urns.enterprise, 'manager', 'value'], bossId)
      ;(await subject.get(boss)).is(200).has('displayName', 'Boss')
      expectSame(await subject.memberIds(group.path), [bossId], 'the members')
    },
  },
  {
    points: [105],
    level: 'MUST',
    title: 'the data of a PATCH is a PatchOp',
    needs: ['bulk', 'patch'],
    async run(subject) {
      const user = await subject.addUser()
      const data = patchOf(
        { op: 'replace', path: 'displayName', value: 'One' },
        { op: 'add', path: 'externalId', value: 'two' },
      )
      ;(await sendBulk(subject, [{ method: 'PATCH', path: user.path, data }])).is(200)
      ;(await subject.get(user.path)).is(200).has('displayName', 'One').has('externalId', 'two')
    },
  },
  {
    points: [105],
    level: 'OURS',
    title: 'a bare list of operations is a PATCH as well',
    needs: ['bulk', 'patch'],
    async run(subject) {
      const user = await subject.addUser()
      const data = [{ op: 'replace', path: 'displayName', value: 'Bare' }]
      ;(await sendBulk(subject, [{ method: 'PATCH', path: user.path, data }])).is(200)
      ;(await subject.get(user.path)).is(200).has('displayName', 'Bare')
    },
  },
  {
    points: [106],
    level: 'OURS',
    title: 'an unknown bulkId fails its operation alone; one that is used twice is refused',
    needs: ['bulk', 'groups'],
    async run(subject) {
      const members = [{ value: 'bulkId:nobody' }]
      const group = { schemas: [urns.group], displayName: subject.unique('group'), members }
      const answer = await sendBulk(subject, [creation('lost', group, '/Groups'), creation('fine', subject.userBody())])
      answer.satisfies('Operations.0.status', '"400" or "409"', (value) => value === '400' || value === '409')
      answer.has('Operations.1.status', '201')
      const twice = [creation('same', subject.userBody()), creation('same', subject.userBody())]
      const refused = await sendBulk(subject, twice)
      refused.is(200, 400)
      if (refused.status === 200 && !statusesOf(refused).includes('400'))
        refused.fail('a 400', statusesOf(refused).join())
    },
  },
]
