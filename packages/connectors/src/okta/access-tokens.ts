import { ConnectorError } from '../connector-error.ts'
import { jsonOf } from '../http/source-answer.ts'
import type { SourceAnswer, SourceFetch } from '../http/source-fetch.ts'
import { failureOfToken, tokenErrorOf } from './failures.ts'
import { clientAssertion, type SdkClient, type SdkTokens, tokenProof } from './sdk.ts'

const endpoint = '/oauth2/v1/token'
const readScopes = ['okta.users.read', 'okta.groups.read']
/** What is asked for in turn: without the System Log nobody tells what was deleted, and all else is read. */
const scopeSets: readonly (readonly string[])[] = [[...readScopes, 'okta.logs.read'], readScopes]
const scopeRefusals = ['invalid_scope', 'consent_required', 'access_denied']
/** Without a proof, with one, and with one for the nonce that was asked for. */
const proofsMax = 3
/** A token is renewed so long before it ends. */
const reserveMilliseconds = 60_000

interface HeldToken {
  access_token: string
  endsAt: number
}

/** Access tokens of a client with a private key (RFC 7523), one for all who ask at once. */
export class AccessTokens implements SdkTokens {
  readonly client: SdkClient
  readonly #fetch: SourceFetch
  #isDPoP = false
  #token: Promise<HeldToken> | undefined

  constructor(client: SdkClient, fetch: SourceFetch) {
    this.client = client
    this.#fetch = fetch
  }

  get isDPoP(): boolean {
    return this.#isDPoP
  }

  /** @throws ConnectorError */
  async getAccessToken(): Promise<HeldToken> {
    const token = this.#token
    if (token !== undefined && (await token).endsAt > Date.now()) return token
    if (this.#token === token) {
      const coming = this.#ask()
      this.#token = coming
      coming.catch(() => this.forget(coming))
    }
    return this.getAccessToken()
  }

  /** The next one is another. */
  forget(token = this.#token): void {
    if (this.#token === token) this.#token = undefined
  }

  async #ask(): Promise<HeldToken> {
    let refusal: ConnectorError | undefined
    for (const scopes of scopeSets) {
      const answer = await this.#askFor(scopes)
      if (answer.status === 200) return heldToken(answer)
      refusal ??= failureOfToken(answer)
      if (!scopeRefusals.includes(tokenErrorOf(answer) ?? '')) throw failureOfToken(answer)
    }
    throw refusal
  }

  async #askFor(scopes: readonly string[]): Promise<SourceAnswer> {
    let nonce: string | null = null
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#post(scopes, nonce)
      const error = answer.status === 400 ? tokenErrorOf(answer) : undefined
      const wantsProof = error === 'use_dpop_nonce' || (error === 'invalid_dpop_proof' && !this.#isDPoP)
      if (!wantsProof || attempt >= proofsMax) return answer
      this.#isDPoP = true
      nonce = answer.headers['dpop-nonce'] ?? null
    }
  }

  async #post(scopes: readonly string[], nonce: string | null): Promise<SourceAnswer> {
    const { assertion, proof } = await this.#sign(nonce)
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: scopes.join(' '),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    })
    const headers = {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...(proof !== undefined && { dpop: proof }),
    }
    return this.#fetch({ url: `${this.client.baseUrl}${endpoint}`, method: 'POST', headers, body: form.toString() })
  }

  async #sign(nonce: string | null) {
    try {
      const assertion = await clientAssertion(this.client, endpoint)
      return { assertion, proof: this.#isDPoP ? await tokenProof(this.client, nonce) : undefined }
    } catch {
      // The words of libraries that sign may repeat the key.
      const hint = this.#isDPoP ? ' Proofs of possession (DPoP) are signed by RSA only.' : ''
      throw new ConnectorError('configuration', `The private key signs nothing.${hint}`)
    }
  }
}

function heldToken(answer: SourceAnswer): HeldToken {
  const said = jsonOf("Okta's token endpoint", answer) as { access_token?: unknown; expires_in?: unknown } | null
  if (typeof said?.access_token !== 'string' || said.access_token === '') {
    throw new ConnectorError('protocol', "Okta's token endpoint answered without a token.")
  }
  const seconds = typeof said.expires_in === 'number' ? said.expires_in : 0
  // One that ends at once is good for a moment all the same.
  const milliseconds = Math.max(1_000, seconds * 1_000 - reserveMilliseconds)
  return { access_token: said.access_token, endsAt: Date.now() + milliseconds }
}
