import { ConnectorError } from '../connector-error.ts'
import type { GoogleDocuments } from './documents.ts'
import type { GoogleSource } from './google-source.ts'

/**
 * A list without anybody is believed only when the administrator in whose name it was read may still read users, and is not one of
 * those that should be in it.
 * @throws ConnectorError `permission` when the administrator is; else as asking for it ends
 */
export async function assertNotHidden(source: GoogleSource): Promise<void> {
  const { config } = source
  const admin = await source.ask((api) => api.users.get({ userKey: config.delegatedAdminEmail }))
  if (!belongsTo(admin, source)) return
  throw new ConnectorError('permission', 'Google lists nobody, not even the administrator in whose name it was asked.')
}

function belongsTo({ primaryEmail, orgUnitPath }: GoogleDocuments['user'], { config }: GoogleSource): boolean {
  const isHere =
    config.wholeCustomer === true || primaryEmail?.toLowerCase().endsWith(`@${config.domain.toLowerCase()}`)
  const unit = config.orgUnitPath?.replace(/\/+$/, '').toLowerCase() ?? ''
  const path = orgUnitPath?.toLowerCase() ?? ''
  return isHere === true && (unit === '' || path === unit || path.startsWith(`${unit}/`))
}
