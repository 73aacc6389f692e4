import { type DirectoryUser, type FetchOptions, fetchUsers } from '../fetch-users.ts'
import type { LdapConfig } from './config.ts'
import { ldap } from './definition.ts'

/** All users of an LDAP server, for scripts. @throws as `fetchUsers` does */
export function fetchLdapUsers(config: LdapConfig, options?: FetchOptions): Promise<DirectoryUser[]> {
  return fetchUsers(ldap, config, options)
}
