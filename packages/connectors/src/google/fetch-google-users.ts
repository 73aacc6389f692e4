import { type DirectoryUser, type FetchOptions, fetchUsers } from '../fetch-users.ts'
import type { GoogleConfig } from './config.ts'
import { google } from './definition.ts'

/** All users of a Google Workspace domain, for scripts. @throws as `fetchUsers` does */
export function fetchGoogleUsers(config: GoogleConfig, options?: FetchOptions): Promise<DirectoryUser[]> {
  return fetchUsers(google, config, options)
}
