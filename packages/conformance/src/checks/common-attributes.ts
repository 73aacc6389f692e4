import type { Check } from '../check.ts'
import { urns } from '../urns.ts'
import { expectThat, isInstant, isText } from './expect.ts'

/** Attributes that every resource has (RFC 7643 §3). */
export const commonAttributeChecks: readonly Check[] = [
  {
    points: [24],
    level: 'MUST',
    title: 'schemas is there, without duplicates, with what the resource type declares',
    async run(subject) {
      const user = await subject.addUser()
      const types = (await subject.get('/ResourceTypes/User')).is(200)
      const extensions = types.at('schemaExtensions')
      const declared = [urns.user, ...(Array.isArray(extensions) ? extensions : []).map((one) => Object(one).schema)]
      const read = (await subject.get(user.path)).is(200)
      read.satisfies(
        'schemas',
        `a list with ${urns.user}`,
        (value) => Array.isArray(value) && value.includes(urns.user),
      )
      const schemas = read.at('schemas') as string[]
      if (new Set(schemas).size !== schemas.length) read.fail('no duplicates in schemas', schemas.join(', '))
      const strange = schemas.filter((urn) => !declared.includes(urn))
      if (strange.length > 0) read.fail('only declared schemas', strange.join(', '))
    },
  },
  {
    points: [24],
    level: 'SHOULD',
    title: 'schemas is required of a new resource',
    only: 'rfc',
    async run(subject) {
      const { schemas: _, ...body } = subject.userBody()
      ;(await subject.post('/Users', body)).isError(400)
      ;(await subject.post('/Users', { ...subject.userBody(), schemas: [] })).isError(400)
    },
  },
  {
    points: [24],
    level: 'MUST',
    title: 'the order of schemas does not matter',
    needs: ['enterprise'],
    async run(subject) {
      const user = await subject.addUser({
        schemas: [urns.enterprise, urns.user],
        [urns.enterprise]: { department: 'Physics' },
      })
      const read = (await subject.get(user.path)).is(200)
      read.has([urns.enterprise, 'department'], 'Physics')
    },
  },
  {
    points: [24, 25],
    level: 'OURS',
    title: 'the core schema comes first, an extension only with its attributes, unknown ones not at all',
    async run(subject) {
      const plain = await subject.addUser({ schemas: [urns.enterprise, urns.user, `${urns.enterprise}User`] })
      plain.answer.has('schemas', [urns.user])
      const extended = await subject.addUser({
        schemas: [urns.enterprise, urns.user],
        [urns.enterprise]: { department: 'Physics' },
      })
      extended.answer.has('schemas', [urns.user, urns.enterprise])
      const cut = (await subject.get(`${extended.path}?attributes=userName`)).is(200)
      cut.has('schemas', [urns.user]).lacks([urns.enterprise])
    },
  },
  {
    points: [26],
    level: 'MUST',
    title: 'id is the server’s: assigned, unique, stable, whatever the client sends',
    async run(subject) {
      const wish = `wish-${subject.nonce}`
      const first = await subject.addUser({ id: wish })
      const second = await subject.addUser({ id: wish })
      expectThat(first.id !== wish && second.id !== wish, 'the client’s id to be ignored', wish)
      expectThat(first.id !== second.id, 'two ids', 'the same one twice')
      expectThat(!/bulkId/i.test(first.id), 'an id without bulkId', first.id)
      const body = { ...subject.userBody(), userName: first.name }
      ;(await subject.put(first.path, body)).is(200).has('id', first.id)
      ;(await subject.get(first.path)).is(200).has('id', first.id)
    },
  },
  {
    points: [27],
    level: 'MUST',
    title: 'externalId is the client’s: not assigned, kept as it is, not unique',
    async run(subject) {
      const externalId = `Ext-${subject.nonce}-ÄB`
      const first = await subject.addUser({ externalId })
      const second = await subject.addUser({ externalId })
      const without = await subject.addUser()
      first.answer.has('externalId', externalId)
      second.answer.has('externalId', externalId)
      without.answer.lacks('externalId')
    },
  },
  {
    points: [28],
    level: 'MUST',
    title: 'meta is the server’s, whatever the client sends',
    async run(subject) {
      const lie = { resourceType: 'Group', created: '1999-01-01T00:00:00Z', location: 'https://nowhere.test/1' }
      const user = await subject.addUser({ meta: lie })
      const read = (await subject.get(user.path)).is(200).has('meta.resourceType', 'User')
      read.satisfies('meta.created', 'an instant of now', (value) => isInstant(value) && value > '2020')
      read.satisfies('meta.lastModified', 'an instant', isInstant)
      read.has('meta.lastModified', read.at('meta.created') ?? null)
      const isOwn = (value: unknown) =>
        isText(`${value}`) && /^https?:\/\//.test(`${value}`) && `${value}`.endsWith(user.path)
      read.satisfies('meta.location', `an absolute address that ends with ${user.path}`, isOwn)
    },
  },
  {
    points: [28],
    level: 'MUST',
    title: 'a change moves lastModified and leaves created',
    async run(subject) {
      const user = await subject.addUser()
      const before = (await subject.get(user.path)).is(200)
      await new Promise((resolve) => setTimeout(resolve, 1_100))
      ;(await subject.put(user.path, { ...subject.userBody({ displayName: 'Changed' }), userName: user.name })).is(200)
      const after = (await subject.get(user.path)).is(200)
      const sameCreation = Date.parse(after.textAt('meta.created')) === Date.parse(before.textAt('meta.created'))
      if (!sameCreation) after.fail(`meta.created ${before.textAt('meta.created')}`, after.textAt('meta.created'))
      const moved = Date.parse(after.textAt('meta.lastModified')) > Date.parse(before.textAt('meta.lastModified'))
      if (!moved) after.fail('a later meta.lastModified', after.textAt('meta.lastModified'))
    },
  },
  {
    points: [29],
    level: 'MUST',
    title: 'attribute names are case-insensitive in bodies and selections',
    async run(subject) {
      const { userName, displayName, ...rest } = subject.userBody()
      const answer = (await subject.post('/Users', { ...rest, USERNAME: userName, displayname: 'Odd Case' })).is(201)
      const path = `/Users/${answer.textAt('id')}`
      ;(await subject.get(path)).is(200).has('userName', userName).has('displayName', 'Odd Case')
      const selected = (await subject.get(`${path}?attributes=DISPLAYNAME`)).is(200)
      selected.has('displayName', 'Odd Case').lacks('emails')
    },
  },
  {
    points: [29],
    level: 'MUST',
    title: 'attribute names and URNs are case-insensitive in filters',
    needs: ['filter'],
    async run(subject) {
      const user = await subject.addUser()
      for (const path of ['USERNAME', 'username', urns.user.toUpperCase().concat(':UserName')]) {
        const found = (await subject.find('/Users', { filter: `${path} eq "${user.name}"` })).isList()
        found.has('totalResults', 1).has('Resources.0.id', user.id)
      }
    },
  },
  {
    points: [29],
    level: 'MUST',
    title: 'attribute names are case-insensitive in PATCH paths and values',
    needs: ['patch'],
    async run(subject) {
      const user = await subject.addUser()
      const after = await subject.patched(
        user.path,
        { op: 'replace', path: 'DISPLAYNAME', value: 'First' },
        { op: 'replace', path: 'NAME.givenname', value: 'Ada' },
        { op: 'replace', value: { DisplayNAME: 'Second' } },
      )
      after.has('displayName', 'Second').has('name.givenName', 'Ada')
      const names = Object.keys(Object(after.body)).filter((name) => name.toLowerCase() === 'displayname')
      if (names.length !== 1) after.fail('one displayName', names.join(', '))
    },
  },
  {
    points: [30],
    level: 'MUST',
    title: 'null and the empty list unassign on a PUT',
    async run(subject) {
      const user = await subject.addUser({ displayName: 'Here' })
      const body = { ...subject.userBody({ displayName: null, emails: [] }), userName: user.name }
      ;(await subject.put(user.path, body)).is(200)
      ;(await subject.get(user.path)).is(200).lacks('displayName', 'emails')
    },
  },
  {
    points: [30],
    level: 'MUST',
    title: 'null and the empty list say nothing on a POST',
    async run(subject) {
      const user = await subject.addUser({ displayName: null, emails: [], externalId: null })
      ;(await subject.get(user.path)).is(200).lacks('displayName', 'emails', 'externalId')
    },
  },
]
