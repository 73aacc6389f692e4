import type { FakeDirectory } from '../fake-directory/index.ts'
import type { FakeAnswer, FakeRequest } from '../fake-http/index.ts'
import type { Channels } from './channels.ts'
import { fakeGoogleCustomer, groupDocument, groupEmail, memberDocument, userDocument } from './documents.ts'
import { listPage } from './list-page.ts'
import type { PageTokens } from './page-tokens.ts'
import { refusal } from './refusals.ts'

/** Smaller pages than Google's, for tests. */
export interface PageSizes {
  users?: number
  groups?: number
  members?: number
}

interface DirectoryApi {
  directory: FakeDirectory
  tokens: PageTokens
  channels: Channels
  sizes: PageSizes
  /** That of groups without an address of their own. */
  domain: string
  /** Domains of the account. */
  domains: ReadonlySet<string>
}

const base = '/admin/directory/v1'
const userScope = 'https://www.googleapis.com/auth/admin.directory.user.readonly'
const groupScope = 'https://www.googleapis.com/auth/admin.directory.group.readonly'
const memberScope = 'https://www.googleapis.com/auth/admin.directory.group.member.readonly'

interface Method {
  method: string
  path: RegExp
  /** One of these is needed. */
  scopes: readonly string[]
  /** Whether it is a list that tests may break. */
  isList?: true
  answer(api: DirectoryApi, request: FakeRequest, key: string): FakeAnswer
}

let look = 0

/** The methods of the API that are there. */
const methods: readonly Method[] = [
  { method: 'GET', path: new RegExp(`^${base}/users$`), scopes: [userScope], isList: true, answer: listUsers },
  { method: 'GET', path: new RegExp(`^${base}/users/([^/]+)$`), scopes: [userScope], answer: getUser },
  {
    method: 'POST',
    path: new RegExp(`^${base}/users/watch$`),
    scopes: [userScope],
    answer: ({ channels }, request) => channels.watch(request),
  },
  {
    method: 'POST',
    path: /^\/admin\/directory_v1\/channels\/stop$/,
    scopes: [userScope],
    answer: ({ channels }, request) => channels.stop(request),
  },
  { method: 'GET', path: new RegExp(`^${base}/groups$`), scopes: [groupScope], isList: true, answer: listGroups },
  { method: 'GET', path: new RegExp(`^${base}/groups/([^/]+)$`), scopes: [groupScope], answer: getGroup },
  {
    method: 'GET',
    path: new RegExp(`^${base}/groups/([^/]+)/members$`),
    scopes: [groupScope, memberScope],
    isList: true,
    answer: listMembers,
  },
]

function methodOf(request: FakeRequest): Method | undefined {
  return methods.find(({ method, path }) => method === request.method && path.test(request.path))
}

/** Whether a request asks for a page of a list. */
export function isListRequest(request: FakeRequest): boolean {
  return methodOf(request)?.isList === true
}

/** What the API answers whoever has been granted these scopes. */
export function answerOf(api: DirectoryApi, request: FakeRequest, scopes: ReadonlySet<string>): FakeAnswer {
  const method = methodOf(request)
  if (method === undefined) return { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>404</html>' }
  if (!method.scopes.some((scope) => scopes.has(scope))) return refusal('insufficientPermissions')
  return method.answer(api, request, decodeURIComponent(method.path.exec(request.path)?.[1] ?? ''))
}

function listUsers(api: DirectoryApi, request: FakeRequest): FakeAnswer {
  const { directory, tokens, sizes } = api
  const isHere = scopeOf(api, request)
  if (typeof isHere !== 'function') return isHere
  const unit = unitOf(request)
  if (unit === undefined) return refusal('invalid')
  const users = [...directory.users.values()].filter((user) => {
    const path = String(user.profile.orgUnitPath ?? '/')
    return isHere(user.userName) && (unit === '' || path === unit || path.startsWith(`${unit}/`))
  })
  const list = {
    ...{ kind: 'admin#directory#users', items: 'users' as const, size: { usual: 100, max: 500 }, cap: sizes.users },
    entries: users.map((item) => ({ key: item.userName, item })),
    show: (user: (typeof users)[number]) => userDocument(user, directory, ++look),
  }
  return listPage(list, request, tokens)
}

function listGroups(api: DirectoryApi, request: FakeRequest): FakeAnswer {
  const { directory, tokens, sizes, domain } = api
  const isHere = scopeOf(api, request)
  if (typeof isHere !== 'function') return isHere
  const groups = [...directory.groups.values()].filter((group) => isHere(groupEmail(group, domain)))
  const list = {
    ...{ kind: 'admin#directory#groups', items: 'groups' as const, size: { usual: 200, max: 200 }, cap: sizes.groups },
    entries: groups.map((item) => ({ key: groupEmail(item, domain), item })),
    show: (group: (typeof groups)[number]) => groupDocument(group, domain, ++look),
  }
  return listPage(list, request, tokens)
}

function listMembers(
  { directory, tokens, sizes, domain }: DirectoryApi,
  request: FakeRequest,
  key: string,
): FakeAnswer {
  const group = directory.groups.get(key)
  if (group === undefined) return refusal('notFound')
  const list = {
    ...{ kind: 'admin#directory#members', items: 'members' as const, size: { usual: 200, max: 200 } },
    cap: sizes.members,
    entries: [...group.members].map((item) => ({ key: item, item })),
    show: (member: string) => memberDocument(member, directory, domain),
  }
  return listPage(list, request, tokens)
}

function getUser({ directory }: DirectoryApi, _request: FakeRequest, key: string): FakeAnswer {
  const user = [...directory.users.values()].find(({ id, userName }) => [id, userName].includes(key))
  return user === undefined ? refusal('notFound') : { body: userDocument(user, directory, ++look) }
}

function getGroup({ directory, domain }: DirectoryApi, _request: FakeRequest, key: string): FakeAnswer {
  const group = directory.groups.get(key)
  return group === undefined ? refusal('notFound') : { body: groupDocument(group, domain, ++look) }
}

/** Which addresses a request asks for: those of a domain, or of the account. */
function scopeOf({ domains }: DirectoryApi, { query }: FakeRequest): ((address: string) => boolean) | FakeAnswer {
  const [customer, domain] = [query.get('customer'), query.get('domain')]
  if ((customer === null) === (domain === null)) return refusal('invalid')
  if (domain === null)
    return ['my_customer', fakeGoogleCustomer].includes(customer ?? '') ? () => true : refusal('invalid')
  return domains.has(domain) ? (address) => address.endsWith(`@${domain}`) : refusal('notFound')
}

/** The organizational unit of a query, '' for all; undefined for a query that the fake does not know. */
function unitOf({ query }: FakeRequest): string | undefined {
  const text = query.get('query')
  if (text === null) return ''
  const [, quoted] = /^orgUnitPath='((?:[^'\\]|\\.)*)'$/.exec(text) ?? []
  return quoted?.replaceAll(/\\(.)/g, '$1').replace(/\/$/, '')
}
