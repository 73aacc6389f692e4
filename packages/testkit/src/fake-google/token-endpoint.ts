import { randomBytes, verify } from 'node:crypto'
import type { FakeAnswer, FakeRequest } from '../fake-http/index.ts'
import { googleKey } from './google-keys.ts'

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const audience = 'https://oauth2.googleapis.com/token'
const lifeSeconds = 3_599
/** How far the times of a signed request may be off. */
const skewSeconds = 300

/** Who may have tokens. */
export interface Delegation {
  serviceAccountEmail: string
  /** Scopes that an administrator has delegated to the service account. */
  scopes: Set<string>
  /** Whether somebody has an account. */
  hasUser(email: string): boolean
}

/** What an access token stands for. */
export interface Grant {
  subject: string
  scopes: ReadonlySet<string>
}

/** Issues tokens for signed requests (developers.google.com/identity/protocols/oauth2/service-account), and knows them again. */
export interface TokenEndpoint {
  answer(request: FakeRequest): FakeAnswer
  grantOf(request: FakeRequest): Grant | undefined
  /** How many were issued. */
  issued(): number
  /** From now on none of the issued ones is good. */
  revoke(): void
}

export function createTokenEndpoint(delegation: Delegation): TokenEndpoint {
  const grants = new Map<string, Grant>()
  let issued = 0
  return {
    issued: () => issued,
    revoke: () => grants.clear(),
    grantOf: ({ headers }) => grants.get(/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? ''),
    answer: ({ body }) => {
      const form = new URLSearchParams(body)
      if (form.get('grant_type') !== grantType) return refused(400, 'unsupported_grant_type', 'Invalid grant_type')
      const checked = grantFor(form.get('assertion') ?? '', delegation)
      if ('status' in checked) return checked
      issued++
      const token = `ya29.${randomBytes(32).toString('base64url')}`
      grants.set(token, checked)
      return { body: { access_token: token, expires_in: lifeSeconds, token_type: 'Bearer' } }
    },
  }
}

function grantFor(assertion: string, delegation: Delegation): Grant | (FakeAnswer & { status: number }) {
  const claims = claimsOf(assertion)
  if (claims === undefined) return refused(400, 'invalid_grant', 'Invalid JWT Signature.')
  const now = Date.now() / 1_000
  const { iss, sub, aud, iat, exp, scope } = claims
  if (iss !== delegation.serviceAccountEmail) return refused(401, 'invalid_client', 'The OAuth client was not found.')
  const isTimely = Math.abs(now - Number(iat)) < skewSeconds && Number(exp) - Number(iat) <= 3_600 && Number(exp) > now
  if (aud !== audience || !isTimely) {
    const words = 'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.'
    return refused(400, 'invalid_grant', words)
  }
  const scopes = new Set(String(scope).split(' '))
  if (![...scopes].every((one) => delegation.scopes.has(one))) {
    const words =
      'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.'
    return refused(401, 'unauthorized_client', words)
  }
  const subject = String(sub)
  if (!delegation.hasUser(subject)) return refused(400, 'invalid_grant', 'Invalid email or User ID')
  return { subject, scopes }
}

/** The claims of a token that is signed by the key of the service account. */
function claimsOf(assertion: string): Record<string, unknown> | undefined {
  const [header = '', payload = '', signature = ''] = assertion.split('.')
  const signed = Buffer.from(`${header}.${payload}`)
  const { publicKey } = googleKey('registered')
  if (!verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url'))) return undefined
  const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString())
  return alg === 'RS256' ? JSON.parse(Buffer.from(payload, 'base64url').toString()) : undefined
}

function refused(status: number, error: string, words: string): FakeAnswer & { status: number } {
  return { status, headers: { date: new Date().toUTCString() }, body: { error, error_description: words } }
}
