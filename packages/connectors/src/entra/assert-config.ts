import { createPrivateKey, X509Certificate } from 'node:crypto'
import { refusedField } from '../config-field.ts'
import type { EntraConfig } from './config.ts'

/** Names of sign-in endpoints for several tenants: an app has a token of one only. */
const noTenants = new Set(['common', 'organizations', 'consumers'])

/** @throws MusterError `invalidValue` naming the field and never its value */
export function assertEntraConfig(config: EntraConfig): void {
  const { tenantId, clientSecret, clientCertificate, privateKey } = config
  if (noTenants.has(tenantId.toLowerCase())) throw refusedField('tenantId', 'is no tenant')
  for (const field of ['loginUrl', 'graphUrl'] as const) {
    if (config[field] !== undefined && !URL.canParse(config[field])) throw refusedField(field, 'is no URL')
  }
  if (clientSecret !== undefined) {
    if (clientCertificate !== undefined) throw refusedField('clientCertificate', 'and clientSecret exclude each other')
    if (privateKey !== undefined) throw refusedField('privateKey', 'and clientSecret exclude each other')
    return
  }
  if (clientCertificate === undefined && privateKey === undefined) {
    throw refusedField('clientSecret', 'is missing, or clientCertificate and privateKey in place of it')
  }
  if (clientCertificate === undefined) throw refusedField('clientCertificate', 'is missing beside privateKey')
  if (privateKey === undefined) throw refusedField('privateKey', 'is missing beside clientCertificate')
  assertPair(clientCertificate, privateKey)
}

function assertPair(certificate: string, key: string): void {
  const read = attempt('clientCertificate', 'is no certificate (PEM, BEGIN CERTIFICATE)', () => {
    return new X509Certificate(certificate)
  })
  const privateKey = attempt('privateKey', 'is no private key (PEM, not encrypted)', () => createPrivateKey(key))
  if (privateKey.asymmetricKeyType !== 'rsa') throw refusedField('privateKey', 'is no RSA key, as Entra ID asks for')
  if (!read.checkPrivateKey(privateKey)) throw refusedField('privateKey', 'is not the one of clientCertificate')
}

/** The words of a parser may repeat what it read. */
function attempt<Result>(field: string, requirement: string, work: () => Result): Result {
  try {
    return work()
  } catch {
    throw refusedField(field, requirement)
  }
}
