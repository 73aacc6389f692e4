import type { Database } from '../database/database.ts'
import { type OrganizationScope, scopeTo } from '../database/organization-scope.ts'
import { read } from '../database/read.ts'
import type { DirectoryType } from '../tables.ts'

/** Whose configuration is to be opened. */
export interface SourceReference {
  scope: OrganizationScope
  directoryId: string
  type: DirectoryType
}

/** A directory that another service names, for whoever reads its source; undefined when there is none. */
export function findSource(
  database: Database,
  { organizationId, directoryId }: { organizationId: string; directoryId: string },
): Promise<SourceReference | undefined> {
  const scope = scopeTo(organizationId)
  return read(database, scope, async ({ db }) => {
    const row = await db
      .selectFrom('directories')
      .select('type')
      .where('organization_id', '=', organizationId)
      .where('directory_id', '=', directoryId)
      .executeTakeFirst()
    return row && { scope, directoryId, type: row.type }
  })
}
