import type { Check } from '../check.ts'
import { patchOf } from '../subject.ts'

const needs = ['etag'] as const

/** RFC 7644 §3.14. */
export const etagChecks: readonly Check[] = [
  {
    points: [107, 28],
    level: 'MUST',
    title: 'ETag and meta.version are the same, and move with every change',
    needs,
    async run(subject) {
      const user = await subject.addUser()
      const before = (await subject.get(user.path)).is(200)
      const version = before.textAt('meta.version')
      if (before.headers.get('etag') !== version) before.fail(`ETag ${version}`, `${before.headers.get('etag')}`)
      ;(await subject.get(user.path)).has('meta.version', version)
      ;(await subject.put(user.path, { ...subject.userBody({ displayName: 'New' }), userName: user.name })).is(200)
      const after = (await subject.get(user.path)).is(200)
      if (after.textAt('meta.version') === version) after.fail('another version', version)
      if (after.headers.get('etag') !== after.at('meta.version')) after.fail('the version as ETag', 'another')
    },
  },
  {
    points: [107],
    level: 'MUST',
    title: 'If-None-Match of the version is 304 without a body, of another 200',
    needs,
    async run(subject) {
      const user = await subject.addUser()
      const version = (await subject.get(user.path)).is(200).textAt('meta.version')
      const same = (await subject.get(user.path, { 'if-none-match': version })).is(304)
      if (same.text !== '') same.fail('no body', same.text)
      ;(await subject.get(user.path, { 'if-none-match': 'W/"other"' })).is(200)
    },
  },
  {
    points: [107],
    level: 'MUST',
    title: 'If-Match of another version is 412 and changes nothing',
    needs: ['etag', 'patch'],
    async run(subject) {
      const user = await subject.addUser()
      const headers = { 'if-match': 'W/"other"' }
      const body = { ...subject.userBody({ displayName: 'Changed' }), userName: user.name }
      const patch = patchOf({ op: 'replace', path: 'displayName', value: 'Changed' })
      ;(await subject.put(user.path, body, headers)).isError(412)
      ;(await subject.send({ method: 'PATCH', path: user.path, body: patch, headers })).isError(412)
      ;(await subject.delete(user.path, headers)).isError(412)
      ;(await subject.get(user.path)).is(200).has('displayName', 'Grace Hopper')
    },
  },
  {
    points: [107],
    level: 'MUST',
    title: 'If-Match of the version lets the change through',
    needs: ['etag', 'patch'],
    async run(subject) {
      const user = await subject.addUser()
      const version = async () => ({ 'if-match': (await subject.get(user.path)).is(200).textAt('meta.version') })
      const body = { ...subject.userBody({ displayName: 'One' }), userName: user.name }
      const patch = patchOf({ op: 'replace', path: 'displayName', value: 'Two' })
      ;(await subject.put(user.path, body, await version())).is(200)
      ;(await subject.send({ method: 'PATCH', path: user.path, body: patch, headers: await version() })).is(200, 204)
      ;(await subject.get(user.path)).is(200).has('displayName', 'Two')
      ;(await subject.delete(user.path, await version())).is(204)
    },
  },
  {
    points: [107],
    level: 'OURS',
    title: 'versions compare weakly, in lists as well; * means whatever is there',
    needs: ['etag', 'patch'],
    async run(subject) {
      const user = await subject.addUser()
      const forms = [
        (version: string) => version,
        (version: string) => version.replace(/^W\//, ''),
        (version: string) => `W/"x", ${version}`,
        () => '*',
      ]
      for (const [index, form] of forms.entries()) {
        const tag = form((await subject.get(user.path)).is(200).textAt('meta.version'))
        ;(await subject.get(user.path, { 'if-none-match': tag })).is(304)
        const body = patchOf({ op: 'replace', path: 'displayName', value: `Name ${index}` })
        const headers = { 'if-match': tag }
        ;(await subject.send({ method: 'PATCH', path: user.path, body, headers })).is(200, 204)
      }
      const nobody = await subject.delete(`/Users/none-${subject.nonce}`, { 'if-match': '*' })
      nobody.isError(404, 412)
    },
  },
  {
    points: [107],
    level: 'OURS',
    title: 'the version of a group moves with its members',
    needs: ['etag', 'groups', 'patch'],
    async run(subject) {
      const user = await subject.addUser()
      const group = await subject.addGroup()
      const before = (await subject.get(group.path)).is(200).textAt('meta.version')
      const add = { op: 'add', path: 'members', value: [{ value: user.id }] }
      const after = await subject.patched(group.path, add)
      if (after.textAt('meta.version') === before) after.fail('another version', before)
      const again = await subject.patched(group.path, add)
      again.has('meta.version', after.textAt('meta.version'))
    },
  },
]
