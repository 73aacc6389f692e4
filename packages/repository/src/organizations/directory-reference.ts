import { toTypeId } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'
import { holdSettings } from '../settings/settings-lock.ts'
import type { DirectoryType } from '../tables.ts'

/** A directory as events show it. */
export interface DirectoryReference {
  id: string
  name: string
  type: DirectoryType
  organization: { id: string; name: string; adminEmail: string | null }
}

/** What every transaction about a directory reads of it. */
interface DirectoryContext {
  /** Null when the directory is gone. */
  reference: DirectoryReference | null
  /** Of the organization's settings; they stay as they are until COMMIT. */
  settingsVersion: number
}

interface ContextRow {
  /** Null when the directory is gone. */
  name: string | null
  type: DirectoryType
  settings_version: number
  organization_name: string
  admin_email: string | null
}

const known = new WeakMap<Transaction, Map<string, Promise<DirectoryContext>>>()

/** Read once a transaction, and sent along with the statements around it. */
export function directoryContext(tx: Transaction, directoryId: string): Promise<DirectoryContext> {
  const ofTransaction = known.get(tx) ?? new Map<string, Promise<DirectoryContext>>()
  known.set(tx, ofTransaction)
  const earlier = ofTransaction.get(directoryId)
  if (earlier !== undefined) return earlier
  const reading = readContext(tx, directoryId)
  // Whoever awaits it sees the failure; nobody may, when a statement beside it fails first.
  reading.catch(() => undefined)
  ofTransaction.set(directoryId, reading)
  return reading
}

/** @throws when the directory is gone */
export async function directoryReference(tx: Transaction, directoryId: string): Promise<DirectoryReference> {
  const { reference } = await directoryContext(tx, directoryId)
  if (reference === null) throw new Error('The directory is gone')
  return reference
}

async function readContext(tx: Transaction, directoryId: string): Promise<DirectoryContext> {
  holdSettings(tx)
  const [row] = await send(
    tx.db,
    sql<ContextRow>`
    SELECT d.name, d.type, o.settings_version, o.name AS organization_name, o.admin_email FROM organizations o
    LEFT JOIN LATERAL (
      SELECT name, type FROM directories WHERE organization_id = o.organization_id AND directory_id = ${directoryId}
      OFFSET 0) d ON true
    WHERE o.organization_id = ${tx.organizationId}`,
  )
  if (row === undefined) throw new Error('The organization is gone')
  const { name, type, settings_version: settingsVersion } = row
  if (name === null) return { reference: null, settingsVersion }
  const organization = {
    id: toTypeId('organization', tx.organizationId),
    name: row.organization_name,
    adminEmail: row.admin_email,
  }
  return { reference: { id: toTypeId('directory', directoryId), name, type, organization }, settingsVersion }
}
