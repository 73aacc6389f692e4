import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import t from 'tap'
import {
  type Answer,
  addOrganization,
  type Installation,
  type Method,
  rowsOf,
  schemaDraft,
  startInstallation,
  type TestOrganization,
} from './support/installation.ts'

/**
 * A request that would succeed, for every route that asks for a role. The walk below goes over the app's own routes and
 * fails for one that is missing here: whoever adds a route says how it is called, and gets its isolation tested.
 */
const requests: Record<string, { body?: object }> = {
  'POST /api/organizations': { body: { name: 'New' } },
  'GET /api/organizations': {},
  'GET /api/organizations/:id': {},
  'PATCH /api/organizations/:id': { body: { name: 'Renamed' } },
  'POST /api/organizations/:id/preview': { body: {} },
  'POST /api/keys': { body: { name: 'New', role: 'VIEWER' } },
  'GET /api/keys': {},
  'DELETE /api/keys/:id': {},
  'POST /api/directory': { body: { name: 'New', type: 'SCIM' } },
  'GET /api/directory': {},
  'GET /api/directory/:id': {},
  'PATCH /api/directory/:id': { body: { name: 'Renamed' } },
  'DELETE /api/directory/:id': {},
  'POST /api/directory/:id/preview': { body: {} },
  'POST /api/directory/:id/mapping/test': { body: { mapping: {} } },
  'GET /api/directory/:id/attributes': {},
  'POST /api/directory/:id/pause': { body: {} },
  'POST /api/directory/:id/resume': { body: {} },
  'POST /api/directory/:id/sync': { body: {} },
  'POST /api/directory/:id/plan': { body: {} },
  'POST /api/directory/:id/test': { body: {} },
  'POST /api/directory/test': { body: { type: 'LDAP', config: {} } },
  'GET /api/directory/:id/runs': {},
  'GET /api/directory/:id/runs/count': {},
  'GET /api/runs/:id': {},
  'GET /api/runs/:id/problems': {},
  'GET /api/runs/:id/changes': {},
  'GET /api/runs/:id/impact': {},
  'POST /api/runs/:id/undo': { body: {} },
  'GET /api/directory/:id/notifications': {},
  'PUT /api/directory/:id/notifications': { body: {} },
  'POST /api/directory/:id/notifications/rotate': { body: {} },
  'DELETE /api/directory/:id/notifications': {},
  'POST /api/directory/:id/simulate': { body: { event: 'syncCompleted' } },
  'GET /api/test-directories': {},
  'POST /api/test-directories': { body: { users: 1, groups: 1 } },
  'GET /api/directory/:id/tokens': {},
  'POST /api/directory/:id/tokens': { body: {} },
  'DELETE /api/directory/:id/tokens/:tokenId': {},
  'GET /api/schemas': {},
  'GET /api/schemas/:urn': {},
  'PUT /api/schemas/:urn': { body: schemaDraft('urn:acme:user') },
  'DELETE /api/schemas/:urn': {},
  'GET /api/users': {},
  'GET /api/users/count': {},
  'GET /api/users/:id': {},
  'POST /api/users': { body: { firstName: 'New' } },
  'PATCH /api/users/:id': { body: { firstName: 'Renamed' } },
  'DELETE /api/users/:id': {},
  'POST /api/users/:id/roles': { body: { roleId: 'editor' } },
  'DELETE /api/users/:id/roles/:roleId': {},
  'GET /api/roles': {},
  'GET /api/roles/count': {},
  'GET /api/role-mappings': {},
  'GET /api/role-mappings/count': {},
  'GET /api/role-mappings/:id': {},
  'POST /api/role-mappings': { body: { groupName: 'New', roleIds: ['editor'] } },
  'PATCH /api/role-mappings/:id': { body: { roleIds: ['viewer'] } },
  'DELETE /api/role-mappings/:id': {},
  'POST /api/role-mappings/preview': { body: { mapping: { groupName: 'New', roleIds: ['editor'] } } },
  'GET /api/users/:id/explain': {},
  'GET /api/explain': {},
  'GET /api/groups': {},
  'GET /api/groups/count': {},
  'GET /api/groups/:id': {},
  'GET /api/groups/:id/users': {},
  'GET /api/settlements': {},
  'GET /api/settlements/count': {},
  'GET /api/settlements/:id': {},
  'POST /api/settlements': { body: {} },
  'GET /api/holds': {},
  'GET /api/holds/count': {},
  'GET /api/holds/:id': {},
  'GET /api/holds/:id/changes': {},
  'POST /api/holds/:id/approve': { body: {} },
  'POST /api/holds/:id/reject': { body: {} },
  'GET /api/events': {},
  'GET /api/events/stream': {},
  'GET /api/events/snapshot': {},
  'GET /api/event-types': {},
  'GET /api/webhooks': {},
  'GET /api/webhooks/count': {},
  'GET /api/webhooks/:id': {},
  'POST /api/webhooks': { body: { url: 'https://hooks.acme.example/muster' } },
  'PATCH /api/webhooks/:id': { body: { description: 'Renamed' } },
  'DELETE /api/webhooks/:id': {},
  'POST /api/webhooks/:id/rotate-secret': { body: {} },
  'POST /api/webhooks/:id/test': { body: {} },
  'POST /api/webhooks/:id/replay': { body: { after: 0 } },
  'GET /api/webhooks/:id/deliveries': {},
  'GET /api/webhooks/:id/deliveries/count': {},
  'GET /api/webhooks/:id/deliveries/:eventId': {},
  'POST /api/webhooks/:id/deliveries/:eventId/redeliver': { body: {} },
  'GET /api/requests': {},
  'GET /api/requests/count': {},
  'GET /api/requests/:id': {},
  'GET /api/audit': {},
  'GET /api/audit/count': {},
  'GET /api/audit/head': {},
  'GET /api/audit/verify': {},
  'GET /api/hooks': {},
  'GET /api/hooks/count': {},
  'GET /api/hooks/:id': {},
  'POST /api/hooks': { body: { kind: 'before_create', url: 'https://hooks.acme.example/muster', policy: 'hold' } },
  'PATCH /api/hooks/:id': { body: { policy: 'hold' } },
  'DELETE /api/hooks/:id': {},
  'POST /api/hooks/:id/rotate-secret': { body: {} },
  'POST /api/hooks/:id/test': { body: {} },
  'GET /api/hooks/:id/arrivals': {},
  'GET /api/hooks/:id/arrivals/count': {},
  'POST /api/hooks/:id/arrivals/ask-again': { body: {} },
  'GET /api/analytics/directory-sync': {},
  'GET /api/analytics/directories': {},
  'GET /api/analytics/directories/count': {},
}

const publicPaths = /^\/(healthz|readyz|api\/openapi\.json|api\/docs(\/.*)?)$/

interface Walked {
  name: string
  method: Method
  url: string
  body: object | undefined
  organization: 'path' | 'none' | 'optional' | undefined
  role: string
}

function walk({ routes }: Installation): Walked[] {
  return routes
    .filter(({ config }) => !config.public)
    .map(({ method, url, config }) => {
      // A HEAD route is Fastify's twin of the GET route.
      const name = `${method === 'HEAD' ? 'GET' : method} ${url}`
      const { role = '', organization } = config
      return { name, method: method as Method, url, body: requests[name]?.body, organization, role }
    })
}

const kinds = {
  directory: 'directory',
  organizations: 'organization',
  keys: 'apiKey',
  users: 'user',
  groups: 'group',
  settlements: 'settlement',
  holds: 'hold',
  'role-mappings': 'roleMapping',
  webhooks: 'webhookEndpoint',
  hooks: 'hook',
  runs: 'syncRun',
} as const

/** Fills the parameters of a route with ids: those of an organization, or ones that nobody has. */
function fill(url: string, owner: TestOrganization | 'unknown' | 'malformed'): string {
  if (url.includes(':urn')) return url.replace(':urn', urnOf(owner))
  // A request has the id that its client was told: a bare UUID.
  if (url === '/api/requests/:id') return url.replace(':id', requestIdOf(owner))
  const resource = url.split('/')[2] as keyof typeof kinds
  const unknown = (kind: (typeof kinds)[keyof typeof kinds] | 'token' | 'event') =>
    owner === 'malformed' ? 'no%00%20id' : toTypeId(kind, newUuid())
  const id = typeof owner === 'string' ? unknown(kinds[resource]) : ownId(owner, resource)
  return url
    .replace(':tokenId', typeof owner === 'string' ? unknown('token') : owner.tokenId)
    .replace(':eventId', typeof owner === 'string' ? unknown('event') : owner.deliveredEventId)
    .replace(':id', id)
}

function urnOf(owner: TestOrganization | 'unknown' | 'malformed'): string {
  if (typeof owner !== 'string') return owner.schemaUrn
  return owner === 'malformed' ? 'no%00%20urn' : `urn:nobody:${newUuid()}`
}

function requestIdOf(owner: TestOrganization | 'unknown' | 'malformed'): string {
  if (typeof owner !== 'string') return owner.requestId
  return owner === 'malformed' ? 'no%00%20id' : newUuid()
}

function ownId(owner: TestOrganization, resource: keyof typeof kinds): string {
  const { id, directoryId, keyId, userId, groupId, settlementId, roleMappingId, holdId, webhookId, hookId, runId } =
    owner
  return {
    organizations: id,
    directory: directoryId,
    keys: keyId,
    users: userId,
    groups: groupId,
    settlements: settlementId,
    holds: holdId,
    'role-mappings': roleMappingId,
    webhooks: webhookId,
    hooks: hookId,
    runs: runId,
  }[resource]
}

function withOrganization(url: string, organizationId: string): string {
  return `${url}?organizationId=${organizationId}`
}

t.test('every route says who may call it, and this test knows every route', async (t) => {
  const installation = await startInstallation(t)
  t.strictSame(new Set(walk(installation).map(({ name }) => name)), new Set(Object.keys(requests)))
  for (const { method, url, config } of installation.routes) {
    if (config.public) t.match(url, publicPaths, `${method} ${url} may be public`)
    else t.match(config.role, /^(OPERATOR|ADMIN|VIEWER)$/, `${method} ${url} asks for a role`)
  }
})

t.test('(a) no key, a wrong key, a SCIM token: 401 everywhere; (b) too low a role: 403', async (t) => {
  const installation = await startInstallation(t)
  const { call, app } = installation
  const acme = await addOrganization(installation, 'Acme')
  for (const { name, method, url, body, role } of walk(installation)) {
    const path = fill(url, acme)
    const answer = await call(undefined, method, path, body)
    t.equal(answer.status, 401, `${name} without a key`)
    t.equal(answer.headers['www-authenticate'], 'Bearer', `${name} says how to authenticate`)
    const reads = method === 'GET' || method === 'HEAD'
    if (!reads || role !== 'VIEWER')
      t.equal((await call(acme.viewer, method, path, body)).status, 403, `${name} as VIEWER`)
    if (role === 'OPERATOR') t.equal((await call(acme.admin, method, path, body)).status, 403, `${name} as ADMIN`)
  }
  const { body: directory } = await call(acme.admin, 'POST', '/api/directory', { name: 'Two', type: 'SCIM' })
  for (const authorization of [`Bearer ${directory.token}`, `Basic ${acme.admin}`, acme.admin, 'Bearer muster_key_x']) {
    t.equal((await app.inject({ url: '/api/users', headers: { authorization } })).statusCode, 401)
  }
})

t.test(
  '(c) ids of another organization answer exactly like unknown and malformed ones, and nothing happens',
  async (t) => {
    const installation = await startInstallation(t)
    const { call, operatorKey } = installation
    const acme = await addOrganization(installation, 'Acme')
    const other = await addOrganization(installation, 'Other')
    const before = await snapshot(installation, other)
    const shown = ({ status, headers, text }: Answer) => ({ status, type: headers['content-type'], text })
    for (const { name, method, url, body, organization } of walk(installation)) {
      // A PUT makes what is not there.
      if (!url.includes(':id') && (!url.includes(':urn') || method === 'PUT')) continue
      const expected = shown(await call(acme.admin, method, fill(url, 'unknown'), body))
      t.equal(expected.status, 404, `${name} with an unknown id`)
      const foreign = [fill(url, other), fill(url, 'malformed')]
      if (url.includes(':tokenId')) foreign.push(fill(url, acme).replace(acme.tokenId, other.tokenId))
      if (url.includes(':eventId')) foreign.push(fill(url, acme).replace(acme.deliveredEventId, other.deliveredEventId))
      for (const path of foreign)
        t.strictSame(shown(await call(acme.admin, method, path, body)), expected, `${name}: ${path}`)
      // For an operator no organization is foreign; in the chosen one, another's things are.
      const asOperator = (path: string) =>
        call(operatorKey, method, organization === 'path' ? path : withOrganization(path, acme.id), body)
      const paths = organization === 'path' ? foreign.slice(1) : foreign
      for (const path of paths) t.strictSame(shown(await asOperator(path)), expected, `${name} as operator: ${path}`)
    }
    t.strictSame(await snapshot(installation, other), before, 'the other organization is as it was')
    for (const list of ['users', 'groups', 'events', 'requests']) {
      const answer = await call(acme.viewer, 'GET', `/api/${list}?directoryId=${other.directoryId}`)
      const { lastSequence, ...page } = answer.body
      t.strictSame(page, { data: [], nextCursor: null }, `${list} of a foreign directory`)
    }
  },
)

async function snapshot({ call }: Installation, { admin, id, directoryId, userId, groupId }: TestOrganization) {
  const paths = [
    'keys',
    `organizations/${id}`,
    'directory',
    'schemas',
    `directory/${directoryId}/tokens`,
    `users/${userId}`,
    `groups/${groupId}`,
    'role-mappings',
    'webhooks',
    'hooks',
    'roles',
    'holds',
  ]
  return Promise.all([...paths, 'events'].map(async (path) => (await call(admin, 'GET', `/api/${path}`)).text))
}

t.test('(d) contradictory organizations: 400 with one text, whether the other exists or not', async (t) => {
  const installation = await startInstallation(t)
  const { call, operatorKey } = installation
  const acme = await addOrganization(installation, 'Acme')
  const other = await addOrganization(installation, 'Other')
  const nobody = toTypeId('organization', newUuid())
  const details = new Set<unknown>()
  for (const { name, method, url, body, organization } of walk(installation)) {
    if (organization === 'none') continue
    const path = fill(url, acme)
    const attempts: [string, string, object | undefined][] = []
    for (const id of [other.id, nobody, 'nonsense']) {
      attempts.push([acme.admin, withOrganization(path, id), body])
      if (body) attempts.push([acme.admin, path, { ...body, organizationId: id }])
      if (body) attempts.push([operatorKey, withOrganization(path, acme.id), { ...body, organizationId: id }])
      if (organization === 'path') attempts.push([operatorKey, withOrganization(path, id), body])
    }
    for (const [key, address, sent] of attempts) {
      const answer = await call(key, method, address, sent)
      t.equal(answer.status, 400, `${name} ${address} ${JSON.stringify(sent)}`)
      if (method !== 'HEAD') details.add(answer.body.detail)
    }
    if (organization === 'path') continue
    const unnamed = await call(operatorKey, method, path, body)
    const expected = organization === 'optional' ? 200 : 400
    t.equal(unnamed.status, expected, `${name} as an operator who names none`)
    const unknown = await call(operatorKey, method, withOrganization(path, nobody), body)
    t.equal(unknown.status, 404, `${name} as an operator who names an unknown one`)
  }
  t.equal(details.size, 1)
  t.equal(rowsOf(await call(acme.admin, 'GET', '/api/directory')).length, 1, 'nothing was created')
})

t.test('an organization named consistently is accepted wherever it may be named', async (t) => {
  const installation = await startInstallation(t)
  const { call, operatorKey } = installation
  const acme = await addOrganization(installation, 'Acme')
  for (const key of [acme.admin, operatorKey]) {
    t.equal((await call(key, 'GET', `/api/users?organizationId=${acme.id}`)).status, 200)
    const body = { organizationId: acme.id, name: 'Named twice', type: 'SCIM' }
    t.equal((await call(key, 'POST', `/api/directory?organizationId=${acme.id}`, body)).status, 201)
    t.equal((await call(key, 'POST', '/api/directory', body)).status, 201)
    const path = `/api/organizations/${acme.id}`
    t.equal((await call(key, 'PATCH', `${path}?organizationId=${acme.id}`, { organizationId: acme.id })).status, 200)
  }
})
