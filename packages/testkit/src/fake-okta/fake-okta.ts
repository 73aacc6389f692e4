import { createFakeDirectory, type FakeDirectory } from '../fake-directory/index.ts'
import { type FakeAnswer, type FakeHttp, type FakeRequest, startFakeHttp } from '../fake-http/index.ts'
import { type AuthorizationServer, type ClientOptions, createAuthorizationServer } from './authorization-server.ts'
import { createCursors } from './cursors.ts'
import { userDocument } from './documents.ts'
import { errorAnswer } from './error-answer.ts'
import { createEventHooks, type EventHook } from './event-hooks.ts'
import { listEvents, listGroups, listMembers, listUsers, type Organization, showGroup } from './lists.ts'

/** What an account may be allowed to read, and the scope of it. */
const rights = { users: 'okta.users.read', groups: 'okta.groups.read', logs: 'okta.logs.read' } as const

export type OktaRight = keyof typeof rights

const allRights = Object.keys(rights) as OktaRight[]

/** What is needed for each path (developer.okta.com/docs/api/oauth2). */
const paths: readonly (readonly [
  RegExp,
  OktaRight,
  (organization: Organization, request: FakeRequest, id: string) => FakeAnswer,
])[] = [
  [/^\/api\/v1\/users$/, 'users', listUsers],
  [/^\/api\/v1\/groups$/, 'groups', listGroups],
  [/^\/api\/v1\/groups\/([^/]+)$/, 'groups', showGroup],
  [/^\/api\/v1\/groups\/([^/]+)\/users$/, 'groups', listMembers],
  [/^\/api\/v1\/logs$/, 'logs', listEvents],
]

export interface FakeOktaOptions {
  /** Records a page at most; 200. */
  pageSizeMax?: number
  /** Whether the account sees the group Everyone, as all but limited ones do. */
  seesEveryone?: boolean
  /** Whether the user of the API token is shown by `/users/me`. */
  showsOwner?: boolean
  /** An app that may get tokens, beside the API token. */
  client?: ClientOptions
  /** Answers every n-th request for data with 429, and the second after which the limit begins anew. */
  throttleEvery?: number
}

export interface FakeOkta
  extends Pick<FakeHttp, 'origin' | 'host' | 'port' | 'asked' | 'requestsOpen' | 'script' | 'struck' | 'close'> {
  directory: FakeDirectory
  /** What a connector is configured with. */
  config: { domain: string; apiToken: string }
  /** Where `client` was asked for. */
  server: AuthorizationServer | undefined
  setStatus(userId: string, status: string): void
  /** Somebody logs in, which changes the user and nothing that was said of it. */
  logIn(userId: string): void
  /** The account may not read this any more; all of it without a word. */
  deny(right?: OktaRight): void
  forgetCursors(): void
  /** Another cursor for the same place. */
  reissue(cursor: string | null): string
  /** Makes an event hook, as an administrator does; whether the address could be verified. */
  registerHook(hook: EventHook): Promise<boolean>
}

const apiToken = '00fakeOktaApiToken_7QxVb3mZp-JtR4'

/** An Okta organization on the loopback, as developer.okta.com/docs/api/openapi/okta-management describes it. */
export async function startFakeOkta(options: FakeOktaOptions = {}): Promise<FakeOkta> {
  const directory = createFakeDirectory({ newId })
  const cursors = createCursors()
  const statuses = new Map<string, string>()
  const logins = new Map<string, Date>()
  const server = options.client && createAuthorizationServer(options.client)
  const denied = new Set<OktaRight>()
  let asked = 0

  const organization = (): Organization => ({
    origin: http.origin,
    directory,
    cursors,
    statusOf: (user) => statuses.get(user.id) ?? (user.active ? 'ACTIVE' : 'SUSPENDED'),
    lastLoginOf: (user) => logins.get(user.id) ?? null,
    everyone: options.seesEveryone === false ? undefined : everyoneOf(directory),
    pageSizeMax: options.pageSizeMax ?? 200,
  })
  const rightsOf = (request: FakeRequest): OktaRight[] | undefined => {
    if (request.headers.authorization === `SSWS ${apiToken}`) return allRights
    const scopes = server?.scopesOf(request, http.origin)
    return scopes && allRights.filter((right) => scopes.includes(rights[right]))
  }
  const read = (request: FakeRequest): FakeAnswer => {
    const held = rightsOf(request)
    if (held === undefined) return errorAnswer('E0000011')
    if (options.throttleEvery !== undefined && ++asked % options.throttleEvery === 0) return errorAnswer('E0000047')
    if (request.path === '/api/v1/users/me') return me(organization(), options.showsOwner === true)
    return listed(organization(), request, (right) => held.includes(right) && !denied.has(right))
  }
  const http = await startFakeHttp({
    isPlace: ({ path }) => path.startsWith('/api/v1/') && path !== '/api/v1/users/me',
    answer: (request) => {
      if (server !== undefined && request.path === server.endpoint) return server.answer(request, http.origin)
      return withLimit(read(request))
    },
  })
  const hooks = createEventHooks(directory, http.origin)
  return {
    ...http,
    directory,
    config: { domain: http.origin, apiToken },
    server,
    setStatus: (userId, status) => {
      statuses.set(userId, status)
      directory.updateUser(userId, { active: status === 'ACTIVE' })
    },
    logIn: (userId) => void logins.set(userId, new Date()),
    deny: (right) => {
      for (const one of right === undefined ? allRights : [right]) denied.add(one)
    },
    forgetCursors: cursors.forget,
    reissue: cursors.reissue,
    registerHook: hooks.register,
    close: async () => {
      await hooks.settled()
      await http.close()
    },
  }
}

function listed(organization: Organization, request: FakeRequest, mayRead: (right: OktaRight) => boolean): FakeAnswer {
  for (const [pattern, right, list] of paths) {
    const match = pattern.exec(request.path)
    if (match === null) continue
    return mayRead(right) ? list(organization, request, match[1] ?? '') : errorAnswer('E0000006')
  }
  return errorAnswer('E0000007', request.path)
}

/** Ids of twenty characters, in the order in which they are made. */
function newId(kind: 'user' | 'group', number: number): string {
  return `00${kind[0]}${number.toString(36).padStart(10, '0')}Fake0h7`
}

/**
 * The limit of an endpoint goes with every answer (developer.okta.com/docs/reference/rl-best-practices): it begins anew within a minute;
 * once it is reached, with the next second.
 */
function withLimit(answer: FakeAnswer): FakeAnswer {
  const isReached = answer.status === 429
  const reset = Math.floor(Date.now() / 1_000) + (isReached ? 1 : 60)
  const limit = {
    'x-rate-limit-limit': '600',
    'x-rate-limit-remaining': isReached ? '0' : '599',
    'x-rate-limit-reset': String(reset),
  }
  return { ...answer, headers: { ...limit, ...answer.headers } }
}

function me({ origin, directory }: Organization, isShown: boolean): FakeAnswer {
  const now = new Date()
  const owner = { id: '00u0ownerOfTheToken0', userName: 'owner@okta.test', displayName: 'Token Owner', active: true }
  if (!isShown) return errorAnswer('E0000007', 'me (User)')
  const known = directory.users.get(owner.id) ?? { ...owner, profile: {}, createdAt: now, updatedAt: now }
  return { body: userDocument(origin, known, 'ACTIVE', now) }
}

/** The built-in group that all users are in; it changes with whoever comes and goes. */
function everyoneOf({ changes }: FakeDirectory) {
  const at = changes.at(-1)?.at ?? new Date()
  return {
    id: '00g0everyoneBuiltIn0',
    name: 'Everyone',
    members: new Set<string>(),
    profile: { description: 'All users in your organization' },
    createdAt: new Date(0),
    updatedAt: new Date(0),
    membersUpdatedAt: at,
  }
}
