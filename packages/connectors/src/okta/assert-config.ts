import { createPrivateKey, type KeyObject } from 'node:crypto'
import { refusedField } from '../config-field.ts'
import type { OktaConfig } from './config.ts'
import { credentialsOf } from './credentials.ts'
import { originOf } from './okta-origin.ts'

/** What a header can carry. */
const visibleAscii = /^[\x21-\x7e]+$/
const rsaBitsMin = 2_048

/** @throws MusterError `invalidValue` naming the field and never its value */
export function assertOktaConfig(config: OktaConfig): void {
  originOf(config.domain)
  const credentials = credentialsOf(config)
  if ('apiToken' in credentials) {
    if (!visibleAscii.test(credentials.apiToken)) throw refusedField('apiToken', 'has characters that no token has')
  } else assertKey(credentials.privateKey)
}

/** Okta takes keys of RSA and of the NIST curves (developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp). */
function assertKey(privateKey: string): void {
  const key = parseKey(privateKey)
  const type = key?.asymmetricKeyType
  if (type !== 'rsa' && type !== 'ec') throw refusedField('privateKey', 'is no private key of RSA or EC, as PEM or JWK')
  if (type === 'rsa' && (key?.asymmetricKeyDetails?.modulusLength ?? 0) < rsaBitsMin) {
    throw refusedField('privateKey', `has fewer than ${rsaBitsMin} bits`)
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
