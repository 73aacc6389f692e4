import type { JsonObject } from '@muster/scim'
import type { Check } from '../check.ts'
import { patchOf } from '../subject.ts'
import { urns } from '../urns.ts'

const needs = ['patch'] as const

/** The request and its answer, atomicity, paths (RFC 7644 §3.5.2). */
export const patchRequestChecks: readonly Check[] = [
  {
    points: [83],
    level: 'MUST',
    title: 'what is no PatchOp is refused',
    needs,
    async run(subject) {
      const user = await subject.addUser()
      const operation = { op: 'replace', path: 'displayName', value: 'Changed' }
      const wrong: unknown[] = [
        patchOf({ ...operation, op: 'increment' }),
        patchOf({ path: 'displayName', value: 'Changed' }),
        { schemas: [urns.patch] },
        { schemas: [urns.patch], Operations: operation.op },
        { schemas: [urns.patch], Operations: ['replace'] },
        '[]',
        '{"schemas":',
      ]
      for (const body of wrong) (await subject.send({ method: 'PATCH', path: user.path, body })).isError(400)
      ;(await subject.get(user.path)).is(200).has('displayName', 'Grace Hopper')
    },
  },
  {
    points: [83],
    level: 'SHOULD',
    title: 'a PATCH names its message schema and has an operation',
    needs,
    only: 'rfc',
    async run(subject) {
      const user = await subject.addUser()
      const Operations = [{ op: 'replace', path: 'displayName', value: 'Changed' }]
      const send = (body: JsonObject) => subject.send({ method: 'PATCH', path: user.path, body })
      ;(await send({ Operations })).isError(400)
      ;(await send({ schemas: [urns.user], Operations })).isError(400)
      ;(await send({ schemas: [urns.patch], Operations: [] })).isError(400)
      ;(await subject.get(user.path)).is(200).has('displayName', 'Grace Hopper')
    },
  },
  {
    points: [83],
    level: 'OURS',
    title: 'op in any case, operations in lower case, no schemas, no operation',
    needs,
    async run(subject) {
      const user = await subject.addUser()
      const send = async (body: JsonObject) =>
        (await subject.send({ method: 'PATCH', path: user.path, body })).is(200, 204)
      await send(patchOf({ op: 'Replace', path: 'displayName', value: 'One' }))
      ;(await subject.get(user.path)).has('displayName', 'One')
      await send({ schemas: [urns.patch], operations: [{ op: 'ADD', path: 'displayName', value: 'Two' }] })
      ;(await subject.get(user.path)).has('displayName', 'Two')
      await send({ Operations: [{ op: 'Remove', path: 'displayName' }] })
      ;(await subject.get(user.path)).lacks('displayName')
      await send({ schemas: [urns.patch], Operations: [] })
    },
  },
  {
    points: [84],
    level: 'MUST',
    title: 'operations take effect in order',
    needs,
    async run(subject) {
      const user = await subject.addUser()
      const after = await subject.patched(
        user.path,
        { op: 'add', path: 'displayName', value: 'First' },
        { op: 'remove', path: 'displayName' },
        { op: 'add', path: 'displayName', value: 'Last' },
        { op: 'replace', path: 'emails', value: [{ value: 'a@a.test', type: 'work' }] },
        { op: 'add', path: 'emails', value: [{ value: 'b@b.test', type: 'home' }] },
        { op: 'remove', path: 'emails[type eq "work"]' },
      )
      after.has('displayName', 'Last').has('emails.0.value', 'b@b.test').lacks('emails.1')
    },
  },
  {
    points: [84],
    level: 'MUST',
    title: 'after a failure nothing of the request remains',
    needs,
    async run(subject) {
      const user = await subject.addUser()
      const before = (await subject.get(user.path)).is(200)
      const change = { op: 'replace', path: 'displayName', value: 'Changed' }
      const breaking: JsonObject[] = [
        { op: 'replace', path: 'active', value: 'perhaps' },
        { op: 'remove' },
        { op: 'remove', path: 'userName' },
        { op: 'replace', path: 'emails[type eq', value: 'x' },
      ]
      for (const broken of breaking) {
        ;(await subject.patch(user.path, change, broken)).isError(400)
        ;(await subject.get(user.path))
          .is(200)
          .has('displayName', 'Grace Hopper')
          .has('meta', before.at('meta') ?? null)
      }
    },
  },
  {
    points: [85],
    level: 'MUST',
    title: 'a PATCH answers 200 with the whole resource, or 204 with nothing',
    needs,
    async run(subject) {
      const user = await subject.addUser()
      const answer = await subject.patch(user.path, { op: 'replace', path: 'displayName', value: 'New' })
      answer.is(200, 204)
      if (answer.status === 200) answer.has('id', user.id).has('displayName', 'New').has('userName', user.name)
      else if (answer.text !== '') answer.fail('no body with 204', answer.text)
    },
  },
  {
    points: [85],
    level: 'OURS',
    title: 'users answer 200, groups 204; Prefer: return=minimal is 204',
    needs: ['patch', 'groups'],
    async run(subject) {
      const user = await subject.addUser()
      const group = await subject.addGroup([user.id])
      const operation = { op: 'replace', path: 'externalId', value: 'x' }
      ;(await subject.patch(user.path, operation)).is(200)
      ;(await subject.patch(group.path, operation)).is(204)
      ;(await subject.patch(`${group.path}?attributes=externalId`, operation)).is(200).has('externalId', 'x')
      const headers = { prefer: 'return=minimal' }
      const minimal = { method: 'PATCH', path: user.path, body: patchOf(operation), headers }
      ;(await subject.send(minimal)).is(204)
      ;(await subject.put(user.path, { ...subject.userBody(), userName: user.name }, headers)).is(204)
    },
  },
  {
    points: [86],
    level: 'MUST',
    title: 'a path that is none is 400',
    needs,
    async run(subject) {
      const user = await subject.addUser()
      for (const path of ['emails[', 'emails[type eq "work"', 'emails]', 'name..givenName', '.', 'emails[]', 'a b']) {
        ;(await subject.patch(user.path, { op: 'replace', path, value: 'x' })).isError(400)
      }
      ;(await subject.patch(user.path, { op: 'replace', path: 7 as unknown as string, value: 'x' })).isError(400)
    },
  },
  {
    points: [86],
    level: 'SHOULD',
    title: 'a broken path is invalidPath, a broken filter in it invalidFilter',
    needs,
    async run(subject) {
      const user = await subject.addUser()
      const path = await subject.patch(user.path, { op: 'replace', path: 'name..givenName', value: 'x' })
      path.isError(400).hasScimType('invalidPath')
      const filter = await subject.patch(user.path, { op: 'replace', path: 'emails[type xx "work"]', value: {} })
      filter.isError(400).hasScimType('invalidFilter', 'invalidPath')
    },
  },
]
