import { ConnectorError } from '../connector-error.ts'
import type { LdapEntry } from './entry.ts'
import { textsOf } from './entry.ts'
import { guidText } from './guid.ts'
import type { LdapSource } from './ldap-source.ts'

/**
 * The immutable id of an entry: a GUID in its canonical text, other text in lower case, other bytes in hex.
 * @throws ConnectorError `permission` when it cannot be read: whoever has no id would look as if gone
 */
export function idOf(entry: LdapEntry, { idAttribute }: LdapSource): string {
  const [bytes] = entry.values.get(idAttribute.toLowerCase()) ?? []
  if (bytes === undefined || bytes.length === 0) {
    throw new ConnectorError('permission', `Entries have no ${idAttribute}, or the account may not read it.`)
  }
  const guid = idAttribute.toLowerCase() === 'objectguid' ? guidText(bytes) : undefined
  return guid ?? textsOf(entry, idAttribute)[0]?.toLowerCase() ?? bytes.toString('hex')
}
