import { type DirectoryUser, type FetchOptions, fetchUsers } from '../fetch-users.ts'
import type { OktaConfig } from './config.ts'
import { okta } from './definition.ts'

/** All users of an Okta organization, for scripts. @throws as `fetchUsers` does */
export function fetchOktaUsers(config: OktaConfig, options?: FetchOptions): Promise<DirectoryUser[]> {
  return fetchUsers(okta, config, options)
}
