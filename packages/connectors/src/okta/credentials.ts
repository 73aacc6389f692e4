import { refusedField } from '../config-field.ts'
import type { OktaConfig } from './config.ts'

/** What a configuration reads by; whatever is missing is missing, and taken from nowhere else. */
export type OktaCredentials = { apiToken: string } | { clientId: string; privateKey: string; keyId: string | undefined }

/** The one way in that a configuration has. @throws MusterError `invalidValue` when it has none, or two */
export function credentialsOf({ apiToken, clientId, privateKey, keyId }: OktaConfig): OktaCredentials {
  if (apiToken !== undefined) {
    const others = Object.entries({ clientId, privateKey, keyId })
    for (const [field, value] of others)
      if (value !== undefined) throw refusedField(field, 'and `apiToken` exclude each other')
    return { apiToken }
  }
  if (clientId === undefined && privateKey === undefined && keyId === undefined) {
    throw refusedField('apiToken', 'is missing; or give `clientId` and `privateKey`')
  }
  if (clientId === undefined) throw refusedField('clientId', 'is missing beside `privateKey`')
  if (privateKey === undefined) throw refusedField('privateKey', 'is missing beside `clientId`')
  return { clientId, privateKey, keyId }
}
