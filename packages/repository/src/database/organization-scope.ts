import { isUuid } from '@muster/runtime/type-ids'

declare const authenticated: unique symbol

/**
 * The right to read and write one organization. Only a credential yields one (`credentials/`), or an operator's choice
 * of organization; services pass it on and cannot make it. Nothing in this package runs without.
 */
export interface OrganizationScope {
  readonly organizationId: string
  readonly [authenticated]: true
}

/** Not exported by the package. */
export function scopeTo(organizationId: string): OrganizationScope {
  if (!isUuid(organizationId)) throw new TypeError('An organization id is a UUID')
  return { organizationId } as OrganizationScope
}
