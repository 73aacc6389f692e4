import { createFakeDirectory, type FakeDirectory } from '../fake-directory/index.ts'
import { type FakeAnswer, type FakeDeed, type FakeHttp, type FakeRequest, startFakeHttp } from '../fake-http/index.ts'
import { type Channels, createChannels } from './channels.ts'
import { answerOf, isListRequest, type PageSizes } from './directory-api.ts'
import { googleKey } from './google-keys.ts'
import { listName } from './list-page.ts'
import { createPageTokens } from './page-tokens.ts'
import { refusal } from './refusals.ts'
import { createTokenEndpoint } from './token-endpoint.ts'

export interface FakeGoogleOptions {
  /** The domain that is read; `acme.test` without it. */
  domain?: string
  pageSizes?: PageSizes
  /** One list request in so many is answered that there were too many. */
  throttleEvery?: number
}

export interface FakeGoogle
  extends Pick<FakeHttp, 'origin' | 'asked' | 'requestsOpen' | 'script' | 'struck' | 'close'> {
  directory: FakeDirectory
  /** What a connector needs to read it: the administrator is of another domain than the one that is read. */
  config: {
    serviceAccountEmail: string
    privateKey: string
    delegatedAdminEmail: string
    domain: string
    apiUrl: string
    tokenUrl: string
  }
  channels: Pick<Channels, 'open' | 'settled'>
  /** Scopes that are delegated to the service account. */
  delegated: Set<string>
  /** Addresses of those who may ask: administrators. */
  admins: Set<string>
  tokensIssued(): number
  /** Access tokens that were issued are refused. */
  revokeTokens(): void
  /** Page tokens that were handed out have expired. */
  expirePageTokens(): void
  /** A page without anything on it that leads on to the one that was asked for. */
  emptyPage: FakeDeed
  /** A page that leads to the beginning of its list. */
  repeatedPage: FakeDeed
}

const adminDomain = 'admin.test'
const scopes = ['user', 'group', 'group.member'].map(
  (what) => `https://www.googleapis.com/auth/admin.directory.${what}.readonly`,
)

/** Google Workspace on the loopback: the token endpoint and the Directory API over one directory. */
export async function startFakeGoogle(options: FakeGoogleOptions = {}): Promise<FakeGoogle> {
  const { domain = 'acme.test', pageSizes: sizes = {}, throttleEvery } = options
  const directory = createFakeDirectory({ newId })
  const admin = directory.addUser({ userName: `admin@${adminDomain}`, profile: { isAdmin: true } })
  const [pageTokens, channels] = [createPageTokens(), createChannels(directory)]
  const [delegated, admins] = [new Set(scopes), new Set([admin.userName])]
  const serviceAccountEmail = 'muster@fake-project.iam.gserviceaccount.com'
  const hasUser = (email: string) => [...directory.users.values()].some(({ userName }) => userName === email)
  const tokenEndpoint = createTokenEndpoint({ serviceAccountEmail, scopes: delegated, hasUser })
  const api = { directory, tokens: pageTokens, channels, sizes, domain, domains: new Set([domain, adminDomain]) }
  let lists = 0

  const answer = (request: FakeRequest): FakeAnswer => {
    if (request.path === '/token') return tokenEndpoint.answer(request)
    if (isListRequest(request) && throttleEvery !== undefined && ++lists % throttleEvery === 0) {
      return refusal(lists % 2 === 0 ? 'userRateLimitExceeded' : 'rateLimitExceeded')
    }
    const grant = tokenEndpoint.grantOf(request)
    if (grant === undefined) return refusal('authError')
    return admins.has(grant.subject) ? answerOf(api, request, grant.scopes) : refusal('forbidden')
  }
  const http = await startFakeHttp({ answer, isPlace: isListRequest })
  const { origin } = http
  return {
    ...http,
    directory,
    channels,
    delegated,
    admins,
    config: {
      serviceAccountEmail,
      privateKey: googleKey('registered').pem,
      delegatedAdminEmail: admin.userName,
      domain,
      apiUrl: origin,
      tokenUrl: `${origin}/token`,
    },
    tokensIssued: tokenEndpoint.issued,
    revokeTokens: tokenEndpoint.revoke,
    expirePageTokens: pageTokens.expire,
    emptyPage: ({ body }, request) => {
      const { kind } = body as { kind?: string }
      const name = listName(request)
      const behind = pageTokens.behind(name, request.query.get('pageToken') ?? '') ?? ''
      return { body: { kind, etag: '"fake/empty"', nextPageToken: pageTokens.issue(name, behind) } }
    },
    repeatedPage: repeatedPage(pageTokens.issue),
    close: async () => {
      await http.close()
      await channels.settled()
    },
  }
}

function repeatedPage(issue: (list: string, behind: string) => string): FakeDeed {
  const beginnings = new Map<string, string>()
  return ({ body, ...answer }, request) => {
    const name = listName(request)
    const nextPageToken = beginnings.get(name) ?? issue(name, '')
    beginnings.set(name, nextPageToken)
    return { ...answer, body: { ...(body as object), nextPageToken } }
  }
}

/** Ids of users are long numbers, those of groups are not. */
function newId(kind: 'user' | 'group', number: number): string {
  return kind === 'user' ? `1${String(number).padStart(20, '0')}` : `0${number.toString(36).padStart(14, 'g')}`
}
