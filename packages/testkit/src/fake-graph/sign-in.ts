import { createHash, randomBytes, verify, X509Certificate } from 'node:crypto'
import type { FakeAnswer, FakeRequest } from '../fake-http/index.ts'
import { signInError } from './graph-answers.ts'

/** The app registration that a fake tenant knows. */
export interface FakeApp {
  tenantId: string
  clientId: string
  clientSecret: string
  /** PEM. */
  certificate?: string
}

export interface FakeSignIn {
  answer(request: FakeRequest): FakeAnswer
  /** Whether a token may be used at this moment. */
  isValid(authorization: string | undefined): boolean
  /** All tokens stop being valid before their time. */
  revoke(): void
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * The token endpoint of a tenant for client credentials
 * (https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow). `lifetimeSeconds` is that of tokens.
 */
export function createSignIn(app: FakeApp, scope: string, lifetimeSeconds = 3_599): FakeSignIn {
  const tokens = new Map<string, number>()
  const issue = (): FakeAnswer => {
    const token = `eyJ0eXAiOiJKV1Qi.${randomBytes(24).toString('base64url')}.${randomBytes(24).toString('base64url')}`
    tokens.set(token, Date.now() + lifetimeSeconds * 1_000)
    const lives = { expires_in: lifetimeSeconds, ext_expires_in: lifetimeSeconds }
    return { body: { token_type: 'Bearer', ...lives, access_token: token } }
  }
  return {
    revoke: () => tokens.clear(),
    isValid: (authorization = '') => (tokens.get(authorization.replace(/^Bearer /, '')) ?? 0) > Date.now(),
    answer: ({ path, body, method, headers }) => {
      const form = new URLSearchParams(body)
      const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded')
      if (method !== 'POST' || !isForm) return signInError(400, 'invalid_request', 900144, 'A parameter is missing.')
      if (path.split('/')[1] !== app.tenantId) {
        return signInError(400, 'invalid_request', 90002, `Tenant '${path.split('/')[1]}' not found.`)
      }
      if (form.get('grant_type') !== 'client_credentials') {
        return signInError(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.')
      }
      if (form.get('client_id') !== app.clientId) {
        return signInError(400, 'unauthorized_client', 700016, `Application '${form.get('client_id')}' was not found.`)
      }
      if (form.get('scope')?.split(' ').includes(scope) !== true) {
        return signInError(400, 'invalid_scope', 70011, `The scope ${form.get('scope')} is not valid.`)
      }
      return refusalOf(app, form, path) ?? issue()
    },
  }
}

function refusalOf(app: FakeApp, form: URLSearchParams, path: string): FakeAnswer | undefined {
  const [secret, assertion] = [form.get('client_secret'), form.get('client_assertion')]
  if (assertion !== null && form.get('client_assertion_type') === assertionType) {
    return isSignedBy(app, assertion, path)
      ? undefined
      : signInError(401, 'invalid_client', 700027, 'Client assertion failed signature validation.')
  }
  if (secret === null)
    return signInError(401, 'invalid_client', 7000218, 'A client_assertion or client_secret is missing.')
  if (secret === app.clientSecret) return undefined
  return signInError(401, 'invalid_client', 7000215, `Invalid client secret provided for app '${app.clientId}'.`)
}

/** Checks the assertion as https://learn.microsoft.com/en-us/entra/identity-platform/certificate-credentials describes it. */
function isSignedBy({ certificate, clientId }: FakeApp, assertion: string, path: string): boolean {
  const [header = '', claims = '', signature = ''] = assertion.split('.')
  if (certificate === undefined) return false
  const known = new X509Certificate(certificate)
  const { alg, 'x5t#S256': thumbprint } = decoded(header)
  const { aud, iss, sub, exp, jti } = decoded(claims)
  const isMeant = String(aud).endsWith(path) && iss === clientId && sub === clientId && Number(exp) * 1_000 > Date.now()
  const isKnown = thumbprint === createHash('sha256').update(known.raw).digest('base64url')
  if (alg !== 'PS256' || !isMeant || !isKnown || typeof jti !== 'string') return false
  // RSA_PKCS1_PSS_PADDING with a salt as long as the digest (RFC 7518 §3.5).
  const key = { key: known.publicKey, padding: 6, saltLength: 32 }
  return verify('sha256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'))
}

function decoded(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString() || '{}')
}
