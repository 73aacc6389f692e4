import type { Check } from '../check.ts'
import { urns } from '../urns.ts'

/** PUT (RFC 7644 §3.5.1). */
export const replaceChecks: readonly Check[] = [
  {
    points: [79],
    level: 'MUST',
    title: 'PUT answers 200 with the resource, and creates nothing',
    async run(subject) {
      const user = await subject.addUser()
      const body = { ...subject.userBody({ displayName: 'Replaced' }), userName: user.name }
      ;(await subject.put(user.path, body)).is(200).has('id', user.id).has('displayName', 'Replaced')
      const path = `/Users/none-${subject.nonce}`
      ;(await subject.put(path, subject.userBody())).isError(404)
      ;(await subject.get(path)).is(404)
    },
  },
  {
    points: [80],
    level: 'MUST',
    title: 'PUT replaces what can be written',
    async run(subject) {
      const user = await subject.addUser({ externalId: 'before' })
      const emails = [{ value: `${subject.unique('new')}@b.test`, type: 'home', primary: true }]
      const name = { givenName: 'Ada', familyName: 'Lovelace' }
      const body = { schemas: [urns.user], userName: subject.unique('renamed'), name, emails, active: false }
      ;(await subject.put(user.path, { ...body, externalId: 'after' })).is(200)
      const read = (await subject.get(user.path)).is(200).has('userName', body.userName).has('active', false)
      read.has('name.givenName', 'Ada').has('name.familyName', 'Lovelace').has('externalId', 'after')
      read.has('emails.0.value', emails[0]?.value ?? '').lacks('emails.1')
    },
  },
  {
    points: [80],
    level: 'OURS',
    title: 'PUT clears what it leaves out, except active',
    async run(subject) {
      const user = await subject.addUser({ active: false, externalId: 'here', title: 'Admiral' })
      ;(await subject.put(user.path, { schemas: [urns.user], userName: user.name })).is(200)
      const read = (await subject.get(user.path)).is(200).has('active', false)
      read.lacks('externalId', 'title', 'displayName', 'name', 'emails')
    },
  },
  {
    points: [81],
    level: 'MUST',
    title: 'PUT without what is required is 400 and changes nothing',
    async run(subject) {
      const user = await subject.addUser()
      const { userName: _, ...without } = subject.userBody({ displayName: 'Changed' })
      ;(await subject.put(user.path, without)).isError(400)
      ;(await subject.put(user.path, { ...without, userName: '' })).isError(400)
      ;(await subject.put(user.path, '{')).isError(400)
      ;(await subject.get(user.path)).is(200).has('userName', user.name).has('displayName', 'Grace Hopper')
    },
  },
  {
    points: [82],
    level: 'OURS',
    title: 'another id in the body is ignored',
    async run(subject) {
      const [user, other] = [await subject.addUser(), await subject.addUser()]
      const body = { ...subject.userBody({ id: other.id, displayName: 'Mine' }), userName: user.name }
      ;(await subject.put(user.path, body)).is(200).has('id', user.id).has('displayName', 'Mine')
      ;(await subject.get(other.path)).is(200).has('displayName', 'Grace Hopper')
    },
  },
]
