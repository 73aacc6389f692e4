import type { Check } from '../check.ts'
import { isCount } from './expect.ts'

/** GET of one, GET of many (RFC 7644 §3.4.1, §3.4.2). */
export const queryChecks: readonly Check[] = [
  {
    points: [49],
    level: 'MUST',
    title: 'GET finds what is there; what is unknown or deleted is 404',
    async run(subject) {
      const user = await subject.addUser()
      ;(await subject.get(user.path)).is(200).has('id', user.id).has('userName', user.name)
      ;(await subject.get(`/Users/none-${subject.nonce}`)).isError(404)
      ;(await subject.delete(user.path)).is(204)
      ;(await subject.get(user.path)).isError(404)
    },
  },
  {
    points: [49],
    level: 'OURS',
    title: 'GET answers with Location and ETag',
    async run(subject) {
      const user = await subject.addUser()
      const read = (await subject.get(user.path)).is(200)
      const [location, version] = [read.textAt('meta.location'), read.textAt('meta.version')]
      const given = read.headers.get('content-location') ?? read.headers.get('location')
      if (given !== location) read.fail(`Location ${location}`, String(given))
      if (read.headers.get('etag') !== version) read.fail(`ETag ${version}`, String(read.headers.get('etag')))
    },
  },
  {
    points: [50],
    level: 'MUST',
    title: 'a list is a ListResponse with its total, and its place when it is partial',
    needs: ['filter', 'index'],
    async run(subject) {
      const externalId = `list-${subject.nonce}`
      for (let made = 0; made < 3; made += 1) await subject.addUser({ externalId })
      const filter = `externalId eq "${externalId}"`
      const all = (await subject.find('/Users', { filter })).isList().has('totalResults', 3)
      if (all.resources.length !== 3) all.fail('3 resources', String(all.resources.length))
      const part = (await subject.find('/Users', { filter, startIndex: '2', count: '1' })).isList()
      part.has('totalResults', 3).has('startIndex', 2).has('itemsPerPage', 1)
      if (part.resources.length !== 1) part.fail('1 resource', String(part.resources.length))
    },
  },
  {
    points: [50],
    level: 'OURS',
    title: 'a list always has Resources, startIndex and itemsPerPage',
    async run(subject) {
      const none = (await subject.find('/Users', { filter: `userName eq "none-${subject.nonce}"` })).isList()
      none.satisfies('Resources', '[]', (value) => Array.isArray(value) && value.length === 0)
      for (const answer of [none, await subject.get('/Users?count=1')]) {
        answer.satisfies('startIndex', '1', (value) => value === 1).satisfies('itemsPerPage', 'a number', isCount)
      }
    },
  },
  {
    points: [51],
    level: 'MUST',
    title: 'nothing found is 200 with a total of 0',
    needs: ['filter'],
    async run(subject) {
      const answer = await subject.find('/Users', { filter: `userName eq "none-${subject.nonce}"` })
      answer.isList().has('totalResults', 0).lacks('Resources')
    },
  },
  {
    points: [52],
    level: 'MUST',
    title: 'a query of the base address covers all resource types',
    needs: ['filter', 'groups'],
    async run(subject) {
      const externalId = `root-${subject.nonce}`
      const user = await subject.addUser({ externalId })
      const group = await subject.addGroup([], { externalId })
      const all = await subject.find('/', { filter: `externalId eq "${externalId}"` })
      all.unless([404, 405, 501], 'queries of the base address').isList().has('totalResults', 2)
      const found = all.resources.map((resource) => String(Object(resource).id)).sort()
      if (found.join() !== [user.id, group.id].sort().join()) all.fail('the user and the group', found.join())
      const typed = `externalId eq "${externalId}" and meta.resourceType eq "Group"`
      ;(await subject.find('/', { filter: typed })).isList().has('totalResults', 1).has('Resources.0.id', group.id)
      const absent = `externalId eq "${externalId}" and userName pr`
      ;(await subject.find('/', { filter: absent })).isList().has('totalResults', 1).has('Resources.0.id', user.id)
    },
  },
  {
    points: [53],
    level: 'MUST',
    title: 'a list of everybody is answered, or refused as tooMany',
    async run(subject) {
      const answer = (await subject.get('/Users')).is(200, 400)
      if (answer.status === 400) answer.isError(400).hasScimType('tooMany')
      else answer.isList().satisfies('totalResults', 'a number', isCount)
    },
  },
  {
    points: [54],
    level: 'SHOULD',
    title: 'a password cannot be searched by the address',
    needs: ['filter'],
    async run(subject) {
      const password = `Secret-${subject.nonce}-9!`
      const user = await subject.addUser({ password })
      for (const condition of [`password eq "${password}"`, 'password sw "Secret"', 'password pr']) {
        const answer = await subject.find('/Users', { filter: `userName eq "${user.name}" and ${condition}` })
        answer.is(200, 400, 403)
        if (answer.status === 200) answer.has('totalResults', 0)
      }
    },
  },
]
