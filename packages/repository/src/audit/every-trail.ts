import { toTypeId } from '@muster/runtime/type-ids'
import type { Database } from '../database/database.ts'
import { scopeTo } from '../database/organization-scope.ts'
import { type Reader, read } from '../database/read.ts'
import { everyOrganization } from '../organizations/every-organization.ts'
import { type AuditHead, findAuditHead } from './head.ts'
import { type AuditVerdict, verifyAudit } from './verify.ts'

interface Owner {
  /** As it is shown. */
  organizationId: string
  name: string
}

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
  for await (const { organization_id: id, name } of everyOrganization(database, organizationId)) {
    yield { organizationId: toTypeId('organization', id), name, found: await read(database, scopeTo(id), find) }
  }
}
