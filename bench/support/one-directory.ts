import { authenticateScimToken, type Database, type OrganizationScope, openDatabase } from '@muster/repository'
import { hashToken } from '@muster/runtime/tokens'
import { createDirectories, type DirectoryAccess } from './scim-directories.ts'
import { withScratchPostgres } from './scratch-postgres.ts'

/** A migrated database with one organization that has one SCIM directory. */
export interface OneDirectory {
  databaseUrl: string
  /** Of the same database, for filling its tables. */
  superuserUrl: string
  access: DirectoryAccess
  scope: OrganizationScope
  directoryId: string
  /** One connection: what is measured is one statement after the other. */
  database: Database
}

const connectionsMax = 1

/** Runs `work` on one; gone afterwards, whatever happens. */
export function withOneDirectory<T>(pepper: string, work: (one: OneDirectory) => Promise<T>): Promise<T> {
  return withScratchPostgres(async (url) => {
    const { databaseUrl, directories } = await createDirectories(url, { pepper, organizations: 1 })
    const database = openDatabase({ url: databaseUrl, connectionsMax })
    try {
      const [access] = directories
      const principal = access && (await authenticateScimToken(database, hashToken(pepper, access.token)))
      if (access === undefined || principal === undefined) throw new Error('The token does not work')
      const superuserUrl = new URL(url)
      superuserUrl.pathname = new URL(databaseUrl).pathname
      const { scope, directoryId } = principal
      return await work({ databaseUrl, superuserUrl: superuserUrl.href, access, scope, directoryId, database })
    } finally {
      await database.close()
    }
  })
}
