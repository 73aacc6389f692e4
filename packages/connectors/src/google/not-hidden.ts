import { ConnectorError } from '../connector-error.ts'
import type { GoogleDocuments } from './google-documents.ts'
import type { GoogleSource } from './google-source.ts'
import { lists, pagesOf } from './pages-of.ts'

/**
 * A list without anybody is believed only when the administrator in whose name it was read may still read users, is not one of
 * those that should be in it, and is shown others where there are some: in the account.
 * @throws ConnectorError `permission` when all are hidden; else as asking ends
 */
export async function assertNotHidden(source: GoogleSource): Promise<void> {
  const { config } = source
  const admin = await source.ask((api) => api.users.get({ userKey: config.delegatedAdminEmail }))
  if (!belongsTo(admin, source) && (await seesAnybody(source))) return
  throw new ConnectorError('permission', 'Google lists nobody, not even the administrator in whose name it was asked.')
}

async function seesAnybody(source: GoogleSource): Promise<boolean> {
  const customer = source.config.customerId ?? 'my_customer'
  const pages = pagesOf(lists.users, (token) =>
    source.ask((api) => api.users.list({ customer, maxResults: 1, ...token })),
  )
  for await (const { items } of pages) if (items.length > 0) return true
  return false
}

function belongsTo({ primaryEmail, orgUnitPath }: GoogleDocuments['user'], { config }: GoogleSource): boolean {
  const isHere =
    config.wholeCustomer === true || primaryEmail?.toLowerCase().endsWith(`@${config.domain.toLowerCase()}`)
  const unit = config.orgUnitPath?.replace(/\/+$/, '').toLowerCase() ?? ''
  const path = orgUnitPath?.toLowerCase() ?? ''
  return isHere === true && (unit === '' || path === unit || path.startsWith(`${unit}/`))
}
