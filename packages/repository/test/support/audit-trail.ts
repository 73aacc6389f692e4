import {
  type AuditHead,
  type Database,
  findAuditHead,
  type OrganizationScope,
  read,
  transact,
  verifyAudit,
} from '../../src/index.ts'
import { cause } from './directory.ts'

/** One transaction with these entries. */
export function write(database: Database, scope: OrganizationScope, ...targets: string[]): Promise<void> {
  return transact(database, scope, cause, async (tx) => {
    for (const target of targets) tx.audit({ action: 'test.write', target, detail: { said: 'ünïcödé "\\', of: 1.5 } })
  })
}

export const headOf = (database: Database, scope: OrganizationScope) => read(database, scope, findAuditHead)

export const verdictOf = (database: Database, scope: OrganizationScope, expected?: AuditHead) =>
  read(database, scope, (reader) => verifyAudit(reader, expected))
