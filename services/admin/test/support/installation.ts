import {
  authenticateApiKey,
  chooseOrganization,
  createDirectoryGroup,
  createDirectoryUsers,
  createOperatorKey,
  type Database,
  fanOut,
  type OrganizationScope,
  openDatabase,
  openRunHold,
  type ScimRequestDraft,
  ScimRequestStore,
  transact,
} from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import type { KnownRoute } from '@muster/runtime/http/route-table'
import { createLogger } from '@muster/runtime/logger'
import { createOutbound } from '@muster/runtime/outbound/outbound'
import { newSecretKey } from '@muster/runtime/secret-box'
import { generateToken, hashToken } from '@muster/runtime/tokens'
import { fromTypeId, newUuid, toTypeId } from '@muster/runtime/type-ids'
import { createTestDatabase } from '@muster/testkit'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import type { Poller } from '../../src/syncs/poller-client.ts'
import { testConnectors } from './connectors.ts'

export const pepper = 'a pepper for tests, of at least thirty-two characters'
export const scimBaseUrl = 'https://scim.muster.test'
const publicScimUrl = scimBaseUrl

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A JSON object whose members a test asserts on. */
export type Body = Record<string, unknown> & { id: string }

export interface Answer {
  status: number
  headers: Record<string, unknown>
  text: string
  body: Body
}

/** The management API over a fresh database. */
export interface Installation {
  app: FastifyInstance
  database: Database
  routes: readonly KnownRoute[]
  operatorKey: string
  /** The same database, for looking and reaching behind row-level security. */
  superuserUrl: string
  /** Sends JSON when there is a body. Without a key, no Authorization header. */
  call(key: string | undefined, method: Method, url: string, body?: object): Promise<Answer>
  scopeOf(organizationId: string): Promise<OrganizationScope>
}

/** As if no poller ran. */
const absentPoller: Poller = { test: () => Promise.reject(new MusterError('unavailable', 'There is no poller here.')) }

export async function startInstallation(
  t: Test,
  { isProduction = false, poller = absentPoller, connectors = testConnectors, scimBaseUrl = publicScimUrl } = {},
): Promise<Installation> {
  const { databaseUrl, migrationDatabaseUrl, superuserUrl } = await createTestDatabase(t)
  const database = openDatabase({ url: databaseUrl, connectMillisecondsMax: 60_000 })
  t.teardown(() => database.close())
  const logger = createLogger({ service: 'admin', level: 'silent' })
  // A receiver on the loopback may be called.
  const outbound = createOutbound({ allowedHosts: ['127.0.0.1'] })
  t.teardown(() => outbound.close())
  const rootKeys = [newSecretKey('tests')] as const
  // Whatever else the machine does at this moment, requests are answered.
  const deps = { database, pepper, rootKeys, outbound, scimBaseUrl, isProduction, shedsLoad: false, logger }
  const { app, routes } = await buildApp({ ...deps, connectors, poller })
  t.teardown(() => app.close())
  const operatorKey = generateToken('key')
  const hash = hashToken(pepper, operatorKey)
  await createOperatorKey({ migrationDatabaseUrl, name: 'tests', hash, hint: operatorKey.slice(-4) })
  return {
    app,
    database,
    routes: routes.list(),
    operatorKey,
    superuserUrl,
    call: (key, method, url, body) => call(app, key, method, url, body),
    async scopeOf(organizationId) {
      const operator = await authenticateApiKey(database, hash)
      if (operator?.role !== 'OPERATOR') throw new Error('The operator key does not work')
      const scope = await chooseOrganization(database, operator.right, uuidIn('organization', organizationId))
      if (scope === undefined) throw new Error('There is no such organization')
      return scope
    },
  }
}

async function call(
  app: FastifyInstance,
  key: string | undefined,
  method: Method,
  url: string,
  body?: object,
): Promise<Answer> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
  const response = await app.inject({ method, url, headers, ...(body && { payload: body }) })
  const isJson = String(response.headers['content-type']).includes('json') && response.body !== ''
  return {
    status: response.statusCode,
    headers: response.headers,
    text: response.body,
    body: isJson ? response.json() : { id: '' },
  }
}

/** An organization with keys of both roles, and a SCIM directory that holds two people and a group of both. */
export interface TestOrganization {
  id: string
  admin: string
  viewer: string
  directoryId: string
  tokenId: string
  keyId: string
  userId: string
  groupId: string
  requestId: string
  schemaUrn: string
  settlementId: string
  /** Open, and empty. */
  holdId: string
  /** Of groups that are not there. */
  roleMappingId: string
  /** Told of people behind their creation. */
  hookId: string
  /** Told of nothing but people who came into being. */
  webhookId: string
  /** Such an event, on its way there. */
  deliveredEventId: string
  /** A sync that ended, as of a directory that is read. */
  runId: string
}

/** What registers a schema with one attribute. */
export function schemaDraft(id: string, ...more: object[]) {
  return { resourceType: 'User', schema: { id, attributes: [{ name: 'shoeSize', type: 'integer' }, ...more] } }
}

export async function addOrganization(installation: Installation, name: string): Promise<TestOrganization> {
  const { operatorKey, call } = installation
  const { id } = (await call(operatorKey, 'POST', '/api/organizations', { name })).body
  const makeKey = async (role: string) =>
    (await call(operatorKey, 'POST', '/api/keys', { organizationId: id, name: role, role })).body
  const [admin, viewer] = [await makeKey('ADMIN'), await makeKey('VIEWER')]
  const adminKey = String(admin.key)
  const directoryId = (await call(adminKey, 'POST', '/api/directory', { name: `${name} SCIM`, type: 'SCIM' })).body.id
  const tokens = await call(adminKey, 'GET', `/api/directory/${directoryId}/tokens`)
  await addPeople(installation, id, directoryId, name)
  const schemaUrn = `urn:${name.toLowerCase()}:user`
  await call(adminKey, 'PUT', `/api/schemas/${schemaUrn}`, schemaDraft(schemaUrn))
  const draft = { groupName: 'Nobody is here', roleIds: ['nobody'] }
  const { body: mapping } = await call(adminKey, 'POST', '/api/role-mappings', draft)
  const settled = (await call(adminKey, 'POST', '/api/settlements')).body.settlement as Body
  const [users, groups] = [await call(adminKey, 'GET', '/api/users'), await call(adminKey, 'GET', '/api/groups')]
  return {
    id,
    admin: adminKey,
    viewer: String(viewer.key),
    directoryId,
    tokenId: rowsOf(tokens)[0]?.id ?? '',
    keyId: viewer.id,
    userId: rowsOf(users)[0]?.id ?? '',
    groupId: rowsOf(groups)[0]?.id ?? '',
    requestId: await addRequest(installation, directoryId),
    schemaUrn,
    settlementId: settled.id,
    holdId: await addHold(installation, id, directoryId),
    runId: await addRun(installation, id, directoryId),
    roleMappingId: mapping.id,
    ...(await addWebhook(installation, id, adminKey)),
    hookId: (await call(adminKey, 'POST', '/api/hooks', hookDraft)).body.id,
  }
}

async function addPeople(
  installation: Installation,
  organizationId: string,
  directoryTypeId: string,
  name: string,
): Promise<void> {
  const scope = await installation.scopeOf(organizationId)
  const directoryId = uuidIn('directory', directoryTypeId)
  const userIds = [newUuid(), newUuid()]
  await transact(installation.database, scope, { kind: 'system', id: 'test' }, async (tx) => {
    const drafts = userIds.map((directoryUserId, index) => {
      const userName = `${name}-${index}@example.test`.toLowerCase()
      return { directoryUserId, document: { userName, active: true, emails: [{ value: userName, primary: true }] } }
    })
    await createDirectoryUsers(tx, directoryId, drafts)
    const draft = { directoryGroupId: newUuid(), document: { displayName: `${name} staff` }, uniqueName: true }
    await createDirectoryGroup(tx, directoryId, draft, userIds)
  })
}

const hookDraft = { kind: 'after_create', url: 'https://hooks.example.com/?key=geheim', policy: 'proceed' }

/** A webhook endpoint with what is on its way to it; nobody delivers it. */
async function addWebhook({ database, call }: Installation, organizationId: string, adminKey: string) {
  const draft = { url: 'https://hooks.example.com/?key=geheim', types: ['directory.user.created'], after: 0 }
  const webhookId = (await call(adminKey, 'POST', '/api/webhooks', draft)).body.id
  const followerId = uuidIn('webhookEndpoint', webhookId)
  await fanOut(database, { kind: 'webhook', organizationId: uuidIn('organization', organizationId), followerId })
  const deliveries = await call(adminKey, 'GET', `/api/webhooks/${webhookId}/deliveries`)
  return { webhookId, deliveredEventId: String((deliveries.body.data as Body[])[0]?.eventId) }
}

/** Opens a hold as a sync run does that would remove too much. */
async function addHold(installation: Installation, organizationId: string, directoryTypeId: string): Promise<string> {
  const scope = await installation.scopeOf(organizationId)
  const removals = { users: 1_000, groups: 0, memberships: 0 }
  const { users } = await transact(installation.database, scope, { kind: 'system', id: 'test' }, (tx) =>
    openRunHold(tx, uuidIn('directory', directoryTypeId), removals),
  )
  if (users.kind !== 'hold') throw new Error('Nothing is held')
  return toTypeId('hold', users.holdId)
}

/** A run that ended well and changed nothing. */
async function addRun(installation: Installation, organizationId: string, directoryTypeId: string): Promise<string> {
  const scope = await installation.scopeOf(organizationId)
  const runId = newUuid()
  await transact(installation.database, scope, { kind: 'system', id: 'test' }, (tx) =>
    tx.db
      .insertInto('sync_runs')
      .values({
        ...{ organization_id: scope.organizationId, directory_id: uuidIn('directory', directoryTypeId), run_id: runId },
        ...{ purpose: 'sync', occasion: 'schedule', scan: 'full', status: 'completed', phase: 'done' },
        ...{ cause: JSON.stringify({ kind: 'system', id: 'test' }), finished_at: new Date() },
      })
      .execute(),
  )
  return toTypeId('syncRun', runId)
}

/** Puts a SCIM request into the log of a directory; answers with its id. */
export async function addRequest(
  { database }: Installation,
  directoryTypeId: string,
  more: Partial<ScimRequestDraft> = {},
): Promise<string> {
  const requestId = more.requestId ?? newUuid()
  const draft: ScimRequestDraft = {
    ...{ requestId, directoryId: uuidIn('directory', directoryTypeId), durationMs: 1.25, method: 'POST' },
    ...{ path: '/Users', query: null, status: 201, scimType: null, detail: null, userAgent: null },
    ...{
      requestMediaType: 'application/json',
      requestBytes: 20,
      requestBody: '{"active":true}',
      requestTruncated: false,
    },
    ...{ answerMediaType: null, answerBytes: null, answerBody: null, answerTruncated: false, skippedBefore: 0 },
    ...more,
  }
  await new ScimRequestStore(database, { rowsMax: 1_000 }).store([draft])
  return requestId
}

export function rowsOf(answer: Answer): Body[] {
  return answer.body.data as Body[]
}

function uuidIn(kind: 'organization' | 'directory' | 'webhookEndpoint', id: string): string {
  const uuid = fromTypeId(kind, id)
  if (uuid === undefined) throw new Error(`${id} is no id of this kind`)
  return uuid
}
