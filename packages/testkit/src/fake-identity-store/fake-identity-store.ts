import { createFakeDirectory, type FakeDirectory } from '../fake-directory/index.ts'
import { type FakeAnswer, type FakeHttp, type FakeRequest, startFakeHttp } from '../fake-http/index.ts'
import { errorAnswer } from './fake-answers.ts'
import { assumeRole, type FakeRole } from './fake-roles.ts'
import { createFakeLists, operationOf } from './lists.ts'
import { type FakeKey, signatureFault } from './signature.ts'

export interface FakeIdentityStoreOptions {
  /** Records in a part of a list, whatever is asked for. */
  pageSize?: number
  region?: string
  identityStoreId?: string
  /** Without it, the key reads itself; with it, only who has assumed the role does. */
  role?: FakeRole
  /** Every so many requests for data are throttled, for `retryAfterSeconds` when that is given. */
  throttleEvery?: number
  retryAfterSeconds?: number
}

/** What a connector needs to read it. */
export interface FakeIdentityStoreConfig {
  accessKeyId: string
  secretAccessKey: string
  region: string
  identityStoreId: string
  endpoint: string
}

export interface FakeIdentityStore extends FakeHttp {
  directory: FakeDirectory
  config: FakeIdentityStoreConfig
  /** From now on an operation is denied to everybody: `ListUsers`. */
  deny(operation: string): void
  /** From now on no token leads anywhere that was handed out. */
  forgetTokens(): void
  /** Keys of roles that were handed out have expired. */
  expireRoles(): void
  /** How far its clock is ahead. */
  setClock(aheadMilliseconds: number): void
  tokenTo(request: FakeRequest): string
  close(): Promise<void>
}

/** An access key of the form of those in AWS's documentation. */
const key = { accessKeyId: 'AKIAFAKEIDENTITY1234', secretAccessKey: 'fake/Secret+Of/Identity+Store/7Qx2Lm9Zr4' }

/**
 * AWS IAM Identity Center on the loopback: the list operations of the Identity Store (AWS JSON 1.1, version 2020-06-15), signatures checked,
 * and `AssumeRole` of the Security Token Service.
 */
export async function startFakeIdentityStore(options: FakeIdentityStoreOptions = {}): Promise<FakeIdentityStore> {
  const { region = 'eu-central-1', identityStoreId = 'd-99672ab34f', pageSize = 100, role } = options
  const directory = createFakeDirectory({ newId: (kind, number) => idOf(identityStoreId, kind, number) })
  const lists = createFakeLists(directory, { identityStoreId, pageSize })
  const keys = new Map<string, FakeKey>([[key.accessKeyId, { secretAccessKey: key.secretAccessKey }]])
  const denied = new Set<string>()
  let [ahead, places] = [0, 0]
  const now = () => new Date(Date.now() + ahead)

  const answer = (request: FakeRequest): FakeAnswer => {
    const operation = operationOf(request)
    if (operation === undefined) return assumeRole(request, { keys, region, role, now })
    const signed = signatureFault(request, { keys, region, service: 'identitystore', now: now() })
    if ('code' in signed) return errorAnswer(signed.code)
    const mayRead = role === undefined || keys.get(signed.keyId)?.sessionToken !== undefined
    if (!mayRead || denied.has(operation)) return errorAnswer('AccessDeniedException')
    if (++places % (options.throttleEvery ?? Number.POSITIVE_INFINITY) === 0)
      return throttled(options.retryAfterSeconds)
    return lists.answer(request)
  }
  const http = await startFakeHttp({
    answer: (request) => {
      const { headers, ...given } = answer(request)
      return { ...given, headers: { ...headers, date: now().toUTCString() } }
    },
    isPlace: (request) => operationOf(request) !== undefined,
  })
  return {
    ...http,
    directory,
    config: { ...key, region, identityStoreId, endpoint: http.origin },
    deny: (operation) => void denied.add(operation),
    forgetTokens: lists.forgetTokens,
    tokenTo: lists.tokenTo,
    expireRoles: () => {
      for (const one of keys.values()) if (one.sessionToken !== undefined) one.expired = true
    },
    setClock: (milliseconds) => {
      ahead = milliseconds
    },
  }
}

function throttled(seconds: number | undefined): FakeAnswer {
  return errorAnswer('ThrottlingException', seconds === undefined ? {} : { RetryAfterSeconds: seconds })
}

/** `1234567890-` and a UUID. */
function idOf(identityStoreId: string, kind: 'user' | 'group', number: number): string {
  const counted = number.toString(16).padStart(12, '0')
  return `${identityStoreId.slice(2)}-${kind === 'user' ? '1' : '2'}f6b9c2e-40a1-70ce-8d1b-${counted}`
}
