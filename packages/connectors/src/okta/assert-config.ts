import { createPrivateKey, type KeyObject } from 'node:crypto'
import { MusterError } from '@muster/runtime/errors'
import type { OktaConfig } from './config.ts'
import { originOf } from './okta-origin.ts'

/** What a header can carry. */
const visibleAscii = /^[\x21-\x7e]+$/
const rsaBitsMin = 2_048

/** What a configuration reads by; whatever is missing is missing, and taken from nowhere else. */
export type OktaCredentials = { apiToken: string } | { clientId: string; privateKey: string; keyId: string | undefined }

/** @throws MusterError `invalidValue` naming the field and never its value */
export function assertOktaConfig(config: OktaConfig): void {
  originOf(config.domain)
  const credentials = credentialsOf(config)
  if ('apiToken' in credentials) {
    if (!visibleAscii.test(credentials.apiToken)) throw refused('apiToken', 'has characters that no token has')
  } else assertKey(credentials.privateKey)
}

/** The one way in that a configuration has. @throws MusterError `invalidValue` when it has none, or two */
export function credentialsOf({ apiToken, clientId, privateKey, keyId }: OktaConfig): OktaCredentials {
  if (apiToken !== undefined) {
    const others = Object.entries({ clientId, privateKey, keyId })
    for (const [field, value] of others)
      if (value !== undefined) throw refused(field, 'and `apiToken` exclude each other')
    return { apiToken }
  }
  if (clientId === undefined && privateKey === undefined && keyId === undefined) {
    throw refused('apiToken', 'is missing; or give `clientId` and `privateKey`')
  }
  if (clientId === undefined) throw refused('clientId', 'is missing beside `privateKey`')
  if (privateKey === undefined) throw refused('privateKey', 'is missing beside `clientId`')
  return { clientId, privateKey, keyId }
}

/** Okta takes keys of RSA and of the NIST curves (developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp). */
function assertKey(privateKey: string): void {
  const key = parseKey(privateKey)
  const type = key?.asymmetricKeyType
  if (type !== 'rsa' && type !== 'ec') throw refused('privateKey', 'is no private key of RSA or EC, as PEM or JWK')
  if (type === 'rsa' && (key?.asymmetricKeyDetails?.modulusLength ?? 0) < rsaBitsMin) {
    throw refused('privateKey', `has fewer than ${rsaBitsMin} bits`)
  }
}

function parseKey(text: string): KeyObject | undefined {
  try {
    return text.trimStart().startsWith('{')
      ? createPrivateKey({ key: JSON.parse(text), format: 'jwk' })
      : createPrivateKey(text)
  } catch {
    // What parsers say may repeat what they were given.
    return undefined
  }
}

function refused(field: string, requirement: string): MusterError {
  return new MusterError('invalidValue', `\`${field}\` ${requirement}.`)
}
