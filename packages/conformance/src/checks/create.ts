import type { Check } from '../check.ts'
import { urns } from '../urns.ts'

/** POST (RFC 7644 §3.3). */
export const createChecks: readonly Check[] = [
  {
    points: [44],
    level: 'MUST',
    title: 'POST answers 201 with the address of the resource',
    async run(subject) {
      const { answer, path } = await subject.addUser()
      const location = answer.headers.get('location')
      if (location === null || !location.endsWith(path))
        answer.fail(`Location that ends with ${path}`, String(location))
      const meta = answer.at('meta.location')
      if (meta !== undefined && meta !== location) answer.fail(`meta.location ${location}`, String(meta))
      ;(await subject.get(path)).is(200)
    },
  },
  {
    points: [44],
    level: 'SHOULD',
    title: 'POST answers the whole resource',
    async run(subject) {
      const { answer, path, name } = await subject.addUser()
      answer.has('userName', name).has('name.familyName', 'Hopper').has('emails.0.value', name)
      const read = (await subject.get(path)).is(200)
      for (const attribute of ['schemas', 'name', 'emails', 'active', 'displayName', 'meta']) {
        answer.has(attribute, read.at(attribute) ?? null)
      }
    },
  },
  {
    points: [44],
    level: 'OURS',
    title: 'POST answers with the ETag of the resource',
    async run(subject) {
      const { answer } = await subject.addUser()
      const version = answer.textAt('meta.version')
      if (answer.headers.get('etag') !== version) answer.fail(`ETag ${version}`, String(answer.headers.get('etag')))
    },
  },
  {
    points: [45],
    level: 'MUST',
    title: 'a duplicate is 409 uniqueness',
    async run(subject) {
      const user = await subject.addUser()
      const answer = await subject.post('/Users', { ...subject.userBody(), userName: user.name })
      answer.isError(409).hasScimType('uniqueness')
    },
  },
  {
    points: [46],
    level: 'MUST',
    title: 'what is missing, of the wrong type or no JSON is 400',
    async run(subject) {
      const body = subject.userBody()
      for (const wrong of [
        { schemas: [urns.user] },
        { ...body, userName: { value: 'x' } },
        { ...body, name: 'Grace' },
        { ...body, emails: [[]] },
        { ...body, active: 'perhaps' },
        '{"schemas":',
        '',
        '[]',
        '"text"',
        'null',
      ]) {
        ;(await subject.post('/Users', wrong)).isError(400)
      }
    },
  },
  {
    points: [46],
    level: 'SHOULD',
    title: 'bad values are invalidValue, bad structure is invalidSyntax',
    async run(subject) {
      const body = subject.userBody()
      for (const wrong of [{ schemas: [urns.user] }, { ...body, active: 'perhaps' }]) {
        ;(await subject.post('/Users', wrong)).isError(400).hasScimType('invalidValue')
      }
      for (const wrong of ['{"schemas":', '[]']) {
        ;(await subject.post('/Users', wrong)).isError(400).hasScimType('invalidSyntax')
      }
    },
  },
  {
    points: [47],
    level: 'MUST',
    title: 'the answer to a POST obeys attributes and excludedAttributes',
    async run(subject) {
      const some = (await subject.post('/Users?attributes=userName', subject.userBody())).is(201)
      some.textAt('id')
      some.textAt('userName')
      some.lacks('name', 'emails')
      const others = (await subject.post('/Users?excludedAttributes=emails', subject.userBody())).is(201)
      others.lacks('emails').textAt('userName')
    },
  },
  {
    points: [48],
    level: 'OURS',
    title: 'unknown attributes are ignored',
    async run(subject) {
      const user = await subject.addUser({
        shoeSize: 43,
        addresses: null,
        department: null,
        [`urn:x:${subject.nonce}`]: {},
      })
      ;(await subject.get(user.path)).is(200).lacks('shoeSize', 'addresses', 'department')
    },
  },
]
