import { type DirectoryUser, type FetchOptions, fetchUsers } from '../fetch-users.ts'
import type { AwsConfig } from './config.ts'
import { aws } from './definition.ts'

/** All users of an identity store, for scripts. @throws as `fetchUsers` does */
export function fetchAwsUsers(config: AwsConfig, options?: FetchOptions): Promise<DirectoryUser[]> {
  return fetchUsers(aws, config, options)
}
