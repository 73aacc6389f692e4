import { createRequire } from 'node:module'
import type { SourceAnswer } from '../http/source-fetch.ts'

/**
 * The parts of Okta's SDK that are used, loaded one by one: its transport, and its tokens. Its `Client` is not, since that one completes
 * what is missing from environment variables and files of the home folder, whose ever they are; nor are its collections
 * and its retries. They are named by their files, because its entry point loads all of it; its types describe the `Client`.
 */
const require = createRequire(import.meta.url)

export interface SdkRequest {
  url: string
  method: string
  headers: Record<string, string>
}

/** What the transport asks for tokens. */
export interface SdkTokens {
  client: SdkClient
  /** Whether a token is good only with a proof that its key is at hand (RFC 9449). */
  readonly isDPoP: boolean
  getAccessToken(): Promise<{ access_token: string }>
}

/** What tokens and proofs are signed for. */
export interface SdkClient {
  baseUrl: string
  clientId: string
  privateKey: string
  keyId: string | undefined
}

interface SdkHttpOptions {
  requestExecutor: { fetch(request: SdkRequest): Promise<SourceAnswer> }
  /** Null: none, where undefined would be the one that keeps every answer. */
  cacheMiddleware: null
  httpsProxy: string
  oauth: SdkTokens | undefined
}

interface SdkHttp {
  defaultHeaders: Record<string, string>
  /** Adds what authenticates, and hands on what the executor answers. @throws what the executor throws */
  http(url: string, request: Omit<SdkRequest, 'url'>): Promise<SourceAnswer>
}

interface SdkJwt {
  makeJwt(client: SdkClient, endpoint: string): Promise<{ compact(): string }>
}

interface SdkDpop {
  /** Without a request for the token endpoint. */
  generateDpopJwt(
    request: SdkRequest | null,
    client: SdkClient,
    accessToken: null,
    nonce: string | null,
  ): Promise<string>
}

export function createSdkHttp(options: Pick<SdkHttpOptions, 'requestExecutor' | 'oauth'>): SdkHttp {
  const { Http } = require('@okta/okta-sdk-nodejs/src/http.js') as { Http: new (options: SdkHttpOptions) => SdkHttp }
  // A proxy that is named is not looked for in the environment; the executor uses none.
  return new Http({ ...options, cacheMiddleware: null, httpsProxy: 'http://unused.invalid' })
}

/** The assertion that a client authenticates by (RFC 7523 §2.2), for five minutes. */
export async function clientAssertion(client: SdkClient, endpoint: string): Promise<string> {
  const { makeJwt } = require('@okta/okta-sdk-nodejs/src/jwt.js') as SdkJwt
  return (await makeJwt(client, endpoint)).compact()
}

/** The proof that goes with a request for a token (RFC 9449 §4.2). */
export function tokenProof(client: SdkClient, nonce: string | null): Promise<string> {
  const { generateDpopJwt } = require('@okta/okta-sdk-nodejs/src/dpop.js') as SdkDpop
  return generateDpopJwt(null, client, null, nonce)
}
