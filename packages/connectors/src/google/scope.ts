import type { GoogleConfig } from './config.ts'

/** What of an account is read, in the words of the API. */
export interface Scope {
  /** Of users and groups alike: either one. */
  where: { customer: string } | { domain: string }
  /** Of users. */
  query?: string
}

export function scopeOf({ domain, wholeCustomer, customerId = 'my_customer', orgUnitPath }: GoogleConfig): Scope {
  const where = wholeCustomer === true ? { customer: customerId } : { domain }
  return orgUnitPath === undefined ? { where } : { where, query: `orgUnitPath=${quoted(orgUnitPath)}` }
}

/** A value of a query (developers.google.com/workspace/admin/directory/v1/guides/search-users). */
function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
