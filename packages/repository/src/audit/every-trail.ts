import { toTypeId } from '@muster/runtime/type-ids'
import type { Database } from '../database/database.ts'
import { scopeTo } from '../database/organization-scope.ts'
import { type Reader, read, readAsOperator } from '../database/read.ts'
import { type AuditHead, findAuditHead } from './head.ts'
import { type AuditVerdict, verifyAudit } from './verify.ts'

interface Owner {
  /** As it is shown. */
  organizationId: string
  name: string
}

const organizationsPerPage = 1_000

/**
 * The head of every organization's trail (or of the one with this UUID), for who has the database's credentials: called
 * at the machine (`muster audit`), never over HTTP. Undefined where it is missing.
 */
export function listAuditHeads(
  database: Database,
  organizationId?: string,
): AsyncGenerator<Owner & { found: AuditHead | undefined }> {
  return ofEveryTrail(database, organizationId, findAuditHead)
}

/** Verifies every organization's trail, or one, against what is expected of it; for whom `listAuditHeads` is. */
export function verifyAuditTrails(
  database: Database,
  organizationId?: string,
  expected?: AuditHead,
): AsyncGenerator<Owner & { found: AuditVerdict }> {
  return ofEveryTrail(database, organizationId, (reader) => verifyAudit(reader, expected))
}

async function* ofEveryTrail<T>(
  database: Database,
  organizationId: string | undefined,
  find: (reader: Reader) => Promise<T>,
): AsyncGenerator<Owner & { found: T }> {
  for await (const { organization_id: id, name } of organizations(database, organizationId)) {
    yield { organizationId: toTypeId('organization', id), name, found: await read(database, scopeTo(id), find) }
  }
}

async function* organizations(database: Database, organizationId: string | undefined) {
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
