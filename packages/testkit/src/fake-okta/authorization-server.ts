import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { FakeAnswer, FakeRequest } from '../fake-http/index.ts'
import { type CheckedProof, createProofs } from './proofs.ts'
import { verifyToken } from './signed-token.ts'

const endpoint = '/oauth2/v1/token'
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const assertionSecondsMax = 3_600

export interface ClientOptions {
  clientId: string
  keyId: string
  /** What the app was granted. */
  scopes: readonly string[]
  /** Whether it must prove that its key is at hand. */
  requiresProof?: boolean
  /** How long tokens are good. */
  tokenSeconds?: number
}

interface IssuedToken {
  scopes: readonly string[]
  endsAt: number
  proofKey: string | undefined
}

/**
 * The organization's authorization server for an API services app
 * (developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp, …/guides/dpop).
 */
export function createAuthorizationServer(options: ClientOptions) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const issued = new Map<string, IssuedToken>()
  const proofs = createProofs()

  const isClient = (assertion: string, origin: string) => {
    const token = verifyToken(assertion, publicKey)
    if (token === undefined || token.header.kid !== options.keyId) return false
    const { iss, sub, aud, exp } = token.claims
    const seconds = typeof exp === 'number' ? exp - Date.now() / 1_000 : 0
    const isOwn = iss === options.clientId && sub === options.clientId && aud === `${origin}${endpoint}`
    return isOwn && seconds > 0 && seconds <= assertionSecondsMax
  }
  return {
    endpoint,
    /** PEM of the app's key. */
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    /** Tokens given out so far. */
    issued: () => issued.size,
    /** Those given out are good no more. */
    revoke: () => issued.clear(),
    answer: ({ body, headers, method }: FakeRequest, origin: string): FakeAnswer => {
      const form = new URLSearchParams(body)
      const isGrant = method === 'POST' && form.get('grant_type') === 'client_credentials'
      if (!isGrant || form.get('client_assertion_type') !== assertionType) return refusal(400, 'invalid_request')
      if (!isClient(form.get('client_assertion') ?? '', origin)) return refusal(401, 'invalid_client')
      const scopes = (form.get('scope') ?? '').split(' ')
      if (!scopes.every((scope) => options.scopes.includes(scope))) return refusal(400, 'invalid_scope')
      const proof = headers.dpop
      const checked: CheckedProof =
        proof === undefined && options.requiresProof !== true
          ? {}
          : proofs.keyOf(proof, { method, url: `${origin}${endpoint}`, withNonce: true })
      if (checked.refused !== undefined) {
        const namesNonce = checked.refused === 'use_dpop_nonce'
        return refusal(400, checked.refused, { ...(namesNonce && { 'dpop-nonce': proofs.nonce }) })
      }
      const token = randomBytes(40).toString('base64url')
      const seconds = options.tokenSeconds ?? 3_600
      issued.set(token, { scopes, endsAt: Date.now() + seconds * 1_000, proofKey: checked.key })
      const type = checked.key === undefined ? 'Bearer' : 'DPoP'
      return { body: { token_type: type, expires_in: seconds, access_token: token, scope: scopes.join(' ') } }
    },
    /** What a request may, by the token it carries; undefined when that is none. */
    scopesOf: ({ headers, method, path }: FakeRequest, origin: string): readonly string[] | undefined => {
      const [type = '', token = ''] = (headers.authorization ?? '').split(' ')
      const held = issued.get(token)
      if (held === undefined || held.endsAt < Date.now()) return undefined
      if (type === 'Bearer') return held.proofKey === undefined ? held.scopes : undefined
      const { key } = proofs.keyOf(headers.dpop, { method, url: `${origin}${path}`, accessToken: token })
      return type === 'DPoP' && key !== undefined && key === held.proofKey ? held.scopes : undefined
    },
  }
}

export type AuthorizationServer = ReturnType<typeof createAuthorizationServer>

function refusal(status: number, error: string, headers: FakeAnswer['headers'] = {}): FakeAnswer {
  return { status, headers, body: { error, error_description: `The fake says ${error} of somebody@acme.test.` } }
}
