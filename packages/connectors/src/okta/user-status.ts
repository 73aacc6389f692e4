/**
 * Whether somebody of a status is meant to get in (developer.okta.com/docs/concepts/users, "User status"). A password that must be
 * changed and a lock after wrong ones pass; a staged user has not been activated yet.
 */
const isActiveByStatus: Readonly<Record<string, boolean>> = {
  ACTIVE: true,
  PASSWORD_EXPIRED: true,
  LOCKED_OUT: true,
  RECOVERY: true,
  PROVISIONED: true,
  STAGED: false,
  SUSPENDED: false,
  DEPROVISIONED: false,
}

/** What Okta calls deactivated: no list has them that is not asked for them. */
export const deprovisioned = 'DEPROVISIONED'

/** Undefined for a status that Okta did not have when this was written. */
export function isActiveStatus(status: string | undefined): boolean | undefined {
  return status !== undefined && Object.hasOwn(isActiveByStatus, status) ? isActiveByStatus[status] : undefined
}
