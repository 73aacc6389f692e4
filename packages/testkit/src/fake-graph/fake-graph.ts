import { randomUUID } from 'node:crypto'
import { createFakeDirectory, type FakeDirectory, type FakeUser } from '../fake-directory/index.ts'
import { type FakeAnswer, type FakeHttp, type FakeRequest, startFakeHttp } from '../fake-http/index.ts'
import { createChangeTracking } from './change-tracking.ts'
import { graphError } from './graph-answers.ts'
import type { GraphList } from './graph-documents.ts'
import { createPlainLists } from './plain-lists.ts'
import { createSignIn, type FakeApp } from './sign-in.ts'
import { createSubscriptions, type Subscriptions } from './subscriptions.ts'

/** Application permissions that this fake knows. */
export type GraphPermission = 'User.Read.All' | 'GroupMember.Read.All' | 'Group.Read.All' | 'Member.Read.Hidden'

export interface FakeGraphOptions {
  /** Users of a page of a tracked round. */
  usersPerPage?: number
  /** Groups and members of a page of a tracked round, together. */
  groupRecordsPerPage?: number
  /** Objects of a page of a plain list at most. */
  listPerPage?: number
  /** Answers 429 to every so-manieth request for data. */
  throttleEvery?: number
  /** What those answers ask for; nothing without it. */
  retryAfterSeconds?: number
  /** Changes that a delta tells of once more than it should. */
  replays?: number
  /** A delta says what has changed of an object, and not what has not. */
  saysParts?: boolean
  /** Azure AD B2C does not track changes. */
  tracksChanges?: boolean
  tokenLifetimeSeconds?: number
  /** PEM of a certificate of the app. */
  certificate?: string
}

export interface FakeGraph extends Omit<FakeHttp, 'close'> {
  directory: FakeDirectory
  /** What the app may do; taken away or given at will. */
  permissions: Set<GraphPermission>
  /** Fields of a connector that reads it. */
  config: { tenantId: string; clientId: string; clientSecret: string; loginUrl: string; graphUrl: string }
  /** All tokens stop being valid. */
  revokeTokens(): void
  /** All positions of delta rounds are forgotten. */
  forgetPositions(): void
  /** A user comes back from the bin as the one it was. */
  restoreUser(user: FakeUser, groupIds: readonly string[]): void
  subscriptions: Subscriptions
  close(): Promise<void>
}

const allPermissions = ['User.Read.All', 'GroupMember.Read.All', 'Group.Read.All', 'Member.Read.Hidden'] as const
const scope = 'https://graph.microsoft.com/.default'

/** A tenant of Microsoft Entra ID with one app: its sign-in and the Graph of users, groups and subscriptions. */
export async function startFakeGraph(options: FakeGraphOptions = {}): Promise<FakeGraph> {
  const app = newApp(options)
  const permissions = new Set<GraphPermission>(allPermissions)
  let restoring: string | undefined
  const directory = createFakeDirectory({ newId: () => restoring ?? randomUUID() })
  const showsMembers = (groupId: string) =>
    permissions.has('Member.Read.Hidden') || directory.groups.get(groupId)?.profile.visibility !== 'HiddenMembership'
  const signIn = createSignIn(app, scope, options.tokenLifetimeSeconds)
  const subscriptions = createSubscriptions(directory, app.tenantId, permissions)
  const throttle = createThrottle(options)

  const answer = (request: FakeRequest): FakeAnswer | Promise<FakeAnswer> => {
    const { path, headers } = request
    if (path.endsWith('/oauth2/v2.0/token')) return signIn.answer(request)
    if (!signIn.isValid(headers.authorization)) {
      return graphError(401, 'InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.')
    }
    if (path.startsWith('/v1.0/subscriptions')) return subscriptions.answer(request)
    const [list, resource] = listOf(path)
    if (list === undefined) return graphError(404, 'BadRequest', `Resource not found for the segment '${path}'.`)
    if (!mayRead(permissions, list)) {
      return graphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')
    }
    if (throttle.isDue()) return throttle.answer()
    return read(request, list, resource)
  }
  const http = await startFakeHttp({ answer, isPlace: ({ path }) => listOf(path)[0] !== undefined })
  const { origin } = http
  const { usersPerPage = 100, groupRecordsPerPage = 500, listPerPage = 999, replays = 0, saysParts = false } = options
  const rounds = { usersPerPage, groupRecordsPerPage, replays, saysParts }
  const tracking = createChangeTracking(directory, { origin, showsMembers, ...rounds })
  const lists = createPlainLists(directory, { origin, perPage: listPerPage, showsMembers })

  function read(request: FakeRequest, list: GraphList, resource: string | undefined): FakeAnswer {
    if (resource === undefined) return lists.list(request, list)
    if (resource === '$count' && list === 'users') return lists.count(request)
    if (resource !== 'delta') return lists.members(request, resource)
    if (options.tracksChanges !== false) return tracking.answer(request, list)
    return graphError(400, 'Request_UnsupportedQuery', 'Unsupported Query.')
  }
  return {
    ...http,
    directory,
    permissions,
    config: configOf(app, origin),
    revokeTokens: signIn.revoke,
    forgetPositions: tracking.forget,
    restoreUser: (user, groupIds) => {
      restoring = user.id
      directory.addUser(user)
      restoring = undefined
      for (const id of groupIds) directory.join(id, user.id)
    },
    subscriptions,
    close: async () => {
      subscriptions.close()
      await http.close()
    },
  }
}

/** Which requests are answered that there were too many, and how. */
function createThrottle({ throttleEvery, retryAfterSeconds }: FakeGraphOptions) {
  let asked = 0
  const wait = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
  return {
    isDue: () => throttleEvery !== undefined && ++asked % throttleEvery === 0,
    answer: () => graphError(429, 'TooManyRequests', 'Too many requests.', wait),
  }
}

function newApp({ certificate }: FakeGraphOptions): FakeApp {
  const [tenantId, clientId] = [randomUUID(), randomUUID()]
  return {
    tenantId,
    clientId,
    clientSecret: `fake8Q~${randomUUID()}`,
    ...(certificate !== undefined && { certificate }),
  }
}

function configOf({ tenantId, clientId, clientSecret }: FakeApp, origin: string): FakeGraph['config'] {
  return { tenantId, clientId, clientSecret, loginUrl: origin, graphUrl: origin }
}

/** The list that a path is about, and what of it: `delta`, `$count`, the id of a group whose members it is about, or nothing more. */
function listOf(path: string): [GraphList?, string?] {
  const [, list, resource] =
    /^\/v1\.0\/(users|groups)(?:\/(delta|\$count|[^/]+(?=\/members$))(?:\/members)?)?$/.exec(path) ?? []
  return list === undefined ? [] : [list as GraphList, resource]
}

function mayRead(permissions: ReadonlySet<GraphPermission>, list: GraphList): boolean {
  if (list === 'users') return permissions.has('User.Read.All')
  return permissions.has('GroupMember.Read.All') || permissions.has('Group.Read.All')
}
