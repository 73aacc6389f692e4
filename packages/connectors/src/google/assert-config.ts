import { createPrivateKey } from 'node:crypto'
import { refusedField } from '../config-field.ts'
import type { GoogleConfig } from './config.ts'
import { privateKeyPem } from './private-key.ts'

/** @throws MusterError `invalidValue` naming the field and never its value */
export function assertGoogleConfig(config: GoogleConfig): void {
  if (keyTypeOf(config.privateKey) !== 'rsa') {
    throw refusedField('privateKey', 'is no private RSA key in PEM, as `private_key` of the key file is')
  }
  if (config.customerId !== undefined && config.wholeCustomer !== true) {
    throw refusedField('customerId', 'is of use only with wholeCustomer')
  }
  for (const field of ['apiUrl', 'tokenUrl'] as const) {
    const url = config[field] === undefined ? undefined : URL.parse(config[field])
    if (url === undefined) continue
    if (url === null || !['https:', 'http:'].includes(url.protocol)) throw refusedField(field, 'is no URL')
    if (url.search !== '' || url.hash !== '') throw refusedField(field, 'has a query or a fragment')
    if (field === 'apiUrl' && url.pathname !== '/') throw refusedField(field, 'has a path; the API has its own')
  }
}

function keyTypeOf(text: string): string | undefined {
  try {
    return createPrivateKey(privateKeyPem(text)).asymmetricKeyType
  } catch {
    // The words of OpenSSL are about the value.
    return undefined
  }
}
