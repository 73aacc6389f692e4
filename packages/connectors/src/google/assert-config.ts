import { createPrivateKey } from 'node:crypto'
import { MusterError } from '@muster/runtime/errors'
import type { GoogleConfig } from './config.ts'
import { privateKeyPem } from './private-key.ts'

/** @throws MusterError `invalidValue` naming the field and never its value */
export function assertGoogleConfig(config: GoogleConfig): void {
  if (keyTypeOf(config.privateKey) !== 'rsa') {
    throw refused('privateKey', 'is no private RSA key in PEM, as `private_key` of the key file is')
  }
  if (config.customerId !== undefined && config.wholeCustomer !== true) {
    throw refused('customerId', 'is of use only with wholeCustomer')
  }
  for (const field of ['apiUrl', 'tokenUrl'] as const) {
    const url = config[field] === undefined ? undefined : URL.parse(config[field])
    if (url === undefined) continue
    if (url === null || !['https:', 'http:'].includes(url.protocol)) throw refused(field, 'is no URL')
    if (url.search !== '' || url.hash !== '') throw refused(field, 'has a query or a fragment')
    if (field === 'apiUrl' && url.pathname !== '/') throw refused(field, 'has a path; the API has its own')
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

function refused(field: string, requirement: string): MusterError {
  return new MusterError('invalidValue', `\`${field}\` ${requirement}.`)
}
