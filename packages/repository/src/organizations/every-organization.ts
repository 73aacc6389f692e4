import type { Database } from '../database/database.ts'
import { readAsOperator } from '../database/read.ts'

const organizationsPerPage = 1_000

/**
 * Every organization by its UUID, or the one with this UUID, for who has the database's credentials: used by commands at the
 * machine, never over HTTP.
 */
export async function* everyOrganization(database: Database, organizationId?: string) {
  let after: string | undefined
  for (;;) {
    const from = after
    const page = await readAsOperator(database, (db) => {
      let query = db.selectFrom('organizations').select(['organization_id', 'name']).orderBy('organization_id')
      if (organizationId !== undefined) query = query.where('organization_id', '=', organizationId)
      if (from !== undefined) query = query.where('organization_id', '>', from)
      return query.limit(organizationsPerPage).execute()
    })
    yield* page
    after = page.at(-1)?.organization_id
    if (page.length < organizationsPerPage) return
  }
}
