import type { Check } from '../check.ts'
import { lookUp } from '../json-path.ts'
import { expectThat, isBoolean, isCount, isText } from './expect.ts'

const configUrn = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'
const authenticationTypes: readonly unknown[] = [...['oauth', 'oauth2', 'oauthbearertoken', 'httpbasic', 'httpdigest']]
const booleans = ['patch', 'bulk', 'filter', 'changePassword', 'sort', 'etag']
const counts = ['bulk.maxOperations', 'bulk.maxPayloadSize', 'filter.maxResults']

/** `/ServiceProviderConfig`, and what holds for discovery as a whole. */
export const discoveryChecks: readonly Check[] = [
  {
    points: [1],
    level: 'MUST',
    title: 'ServiceProviderConfig is one object with its own schema',
    async run(subject) {
      const answer = (await subject.get('/ServiceProviderConfig')).is(200)
      answer.satisfies('schemas', `["${configUrn}"]`, (value) => Array.isArray(value) && value.includes(configUrn))
      answer.satisfies('Resources', 'no list', (value) => value === undefined)
    },
  },
  {
    points: [2],
    level: 'MUST',
    title: 'ServiceProviderConfig says everything that is required of it',
    async run(subject) {
      const answer = (await subject.get('/ServiceProviderConfig')).is(200)
      for (const name of booleans) answer.satisfies(`${name}.supported`, 'a boolean', isBoolean)
      for (const path of counts) answer.satisfies(path, 'a number of 0 or more', isCount)
      const schemes = answer.at('authenticationSchemes')
      if (!Array.isArray(schemes) || schemes.length === 0) return answer.fail('authenticationSchemes', 'none')
      for (const index of schemes.keys()) {
        const scheme = `authenticationSchemes.${index}`
        const known = `one of ${authenticationTypes.join(', ')}`
        answer.satisfies(`${scheme}.type`, known, (value) => authenticationTypes.includes(value))
        answer.satisfies(`${scheme}.name`, 'a text', isText).satisfies(`${scheme}.description`, 'a text', isText)
      }
    },
  },
  {
    points: [3],
    level: 'SHOULD',
    title: 'the authentication schemes can be read without credentials',
    async run(subject) {
      const answer = await subject.send({ method: 'GET', path: '/ServiceProviderConfig', token: false })
      answer.is(200).satisfies('authenticationSchemes.0.type', 'a text', isText)
    },
  },
  {
    points: [3],
    level: 'OURS',
    title: 'all of discovery can be read without credentials, and with them',
    async run(subject) {
      for (const path of ['/ServiceProviderConfig', '/Schemas', '/ResourceTypes', '/ResourceTypes/User']) {
        const anonymous = (await subject.send({ method: 'GET', path, token: false })).is(200)
        const known = (await subject.get(path)).is(200)
        if (known.text !== anonymous.text) known.fail('the same with and without credentials', 'something else')
      }
      const users = await subject.send({ method: 'GET', path: '/Users', token: false })
      users.isError(401)
    },
  },
  {
    points: [4],
    level: 'SHOULD',
    title: 'pagination is advertised completely (RFC 9865)',
    async run(subject) {
      const answer = (await subject.get('/ServiceProviderConfig')).is(200)
      if (answer.at('pagination') === undefined) subject.skip('the server knows nothing of RFC 9865')
      answer
        .satisfies('pagination.cursor', 'a boolean', isBoolean)
        .satisfies('pagination.index', 'a boolean', isBoolean)
      const method = answer.at('pagination.defaultPaginationMethod')
      if (method !== undefined && method !== 'index' && method !== 'cursor') {
        answer.fail('defaultPaginationMethod to be index or cursor', String(method))
      }
      for (const name of ['defaultPageSize', 'maxPageSize', 'cursorTimeout']) {
        const value = answer.at(`pagination.${name}`)
        if (value !== undefined && !isCount(value)) answer.fail(`pagination.${name} to be a number`, String(value))
      }
    },
  },
  {
    points: [5],
    level: 'MAY',
    title: 'without securityEvents nothing is asynchronous; with them they are described',
    async run(subject) {
      const config = (await subject.get('/ServiceProviderConfig')).is(200)
      const offered = config.at('securityEvents.asyncRequest')
      if (config.at('securityEvents') !== undefined) {
        const isKnown = ['none', 'long', 'request', undefined].some((name) => name === offered)
        if (!isKnown) config.fail('asyncRequest to be none, long or request', String(offered))
        return
      }
      const user = await subject.post('/Users', subject.userBody(), { prefer: 'respond-async' })
      user.is(201)
      if (user.headers.has('set-txn')) user.fail('no Set-Txn', 'one')
    },
  },
  {
    points: [6],
    level: 'OURS',
    title: 'the expired draft on roles and entitlements is not advertised',
    async run(subject) {
      const answer = (await subject.get('/ServiceProviderConfig')).is(200)
      answer.lacks('RolesAndEntitlements', 'roles', 'entitlements')
      for (const path of ['/Roles', '/Entitlements']) (await subject.get(path)).isError(404)
    },
  },
  {
    points: [7],
    level: 'MUST',
    title: 'Schemas and ResourceTypes list everything and find each by its id',
    async run(subject) {
      for (const [endpoint, key] of [
        ['/Schemas', 'id'],
        ['/ResourceTypes', 'name'],
      ] as const) {
        const list = (await subject.get(endpoint)).isList()
        expectThat(list.resources.length > 0, `resources at ${endpoint}`, 'none')
        list.has('totalResults', list.resources.length)
        for (const resource of list.resources) {
          const name = String(lookUp(resource, key))
          ;(await subject.get(`${endpoint}/${encodeURIComponent(name)}`)).is(200).has(key, name).lacks('Resources')
        }
        ;(await subject.get(`${endpoint}/urn:conformance:nothing:${subject.nonce}`)).isError(404)
      }
    },
  },
  {
    points: [8],
    level: 'MUST',
    title: 'sorting and paging change nothing on discovery',
    async run(subject) {
      for (const endpoint of ['/Schemas', '/ResourceTypes']) {
        const all = (await subject.get(endpoint)).isList()
        const parameters = { startIndex: '2', count: '1', sortBy: 'id', sortOrder: 'descending' }
        const again = (await subject.find(endpoint, parameters)).isList()
        again.has('totalResults', all.at('totalResults') ?? null)
        if (again.resources.length !== all.resources.length) {
          again.fail(`${all.resources.length} resources`, String(again.resources.length))
        }
      }
    },
  },
  {
    points: [8],
    level: 'SHOULD',
    title: 'a filter on discovery is refused with 403',
    async run(subject) {
      for (const endpoint of ['/Schemas', '/ResourceTypes', '/ServiceProviderConfig']) {
        ;(await subject.find(endpoint, { filter: 'id pr' })).isError(403)
      }
    },
  },
  {
    points: [12],
    level: 'OURS',
    title: 'writing to discovery is 405 with Allow',
    async run(subject) {
      for (const path of ['/ServiceProviderConfig', '/Schemas', '/ResourceTypes', '/ResourceTypes/User']) {
        for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
          const answer = await subject.send({ method, path, ...(method !== 'DELETE' && { body: {} }) })
          answer.isError(405).hasHeader('allow', /\bGET\b/)
        }
      }
    },
  },
  {
    points: [13],
    level: 'MUST',
    title: 'unknown addresses are 404 with a SCIM error',
    async run(subject) {
      for (const path of [`/Nothing-${subject.nonce}`, `/Nothing-${subject.nonce}/1`, `/Users/${subject.nonce}/no`]) {
        ;(await subject.get(path)).isError(404)
      }
    },
  },
]
