import { type DirectoryUser, type FetchOptions, fetchUsers } from '../fetch-users.ts'
import type { EntraConfig } from './config.ts'
import { entra } from './definition.ts'

/** All users of a tenant of Microsoft Entra ID, for scripts. @throws as `fetchUsers` does */
export function fetchEntraUsers(config: EntraConfig, options?: FetchOptions): Promise<DirectoryUser[]> {
  return fetchUsers(entra, config, options)
}
