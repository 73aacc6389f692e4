import { keyIdOf, openSecret, type SecretKey, sealSecret } from '@muster/runtime/secret-box'
import { sql } from 'kysely'
import { send } from '../database/send.ts'
import type { Transaction } from '../database/transaction.ts'

interface SealedTable {
  table: string
  idColumn: string
  /** Each with the column of the place it was sealed for: a signing secret moves to its neighbour when it is replaced. */
  columns: Readonly<Record<string, string>>
}

/** Everything that a data key seals. */
export const sealedTables: readonly SealedTable[] = [
  {
    table: 'directories',
    idColumn: 'directory_id',
    columns: { sealed_config: 'directories.sealed_config' },
  },
  ...(['webhook_endpoints', 'hooks'] as const).map((table) => ({
    table,
    idColumn: table === 'hooks' ? 'hook_id' : 'webhook_endpoint_id',
    columns: { sealed_secret: `${table}.sealed_secret`, sealed_previous_secret: `${table}.sealed_secret` },
  })),
]

const rowsTogether = 200

type SealedRow = { id: string } & Record<string, Buffer | string | null>

/**
 * Seals the secrets of a table's next rows anew, those behind `after`, where another key than the current one sealed them.
 * Answers with how many secrets those were, and where to go on; undefined behind the last row.
 * @throws SecretBoxError when one cannot be opened
 */
export async function resealRows(
  tx: Transaction,
  { table, idColumn, columns }: SealedTable,
  { keys, current, after }: { keys: readonly SecretKey[]; current: SecretKey; after: string },
): Promise<{ resealed: number; after: string | undefined }> {
  const names = Object.keys(columns)
  const here = sql`organization_id = ${tx.organizationId}`
  const rows = await send(
    tx.db,
    sql<SealedRow>`
    SELECT ${sql.ref(idColumn)} AS id, ${sql.join(names.map((name) => sql.ref(name)))} FROM ${sql.table(table)}
    WHERE ${here} AND ${sql.ref(idColumn)} > ${after}::uuid ORDER BY ${sql.ref(idColumn)} LIMIT ${rowsTogether}
    FOR NO KEY UPDATE`,
  )
  let resealed = 0
  for (const [name, column] of Object.entries(columns)) {
    const changed = rows.flatMap((row) => {
      const sealed = row[name]
      if (!Buffer.isBuffer(sealed) || keyIdOf(sealed) === current.id) return []
      const place = { organizationId: tx.organizationId, ownerId: row.id, column }
      return [{ id: row.id, sealed: sealSecret(current, place, openSecret(keys, place, sealed)) }]
    })
    if (changed.length === 0) continue
    resealed += changed.length
    const [ids, envelopes] = [changed.map(({ id }) => id), changed.map(({ sealed }) => sealed)]
    await send(
      tx.db,
      sql`UPDATE ${sql.table(table)} t SET ${sql.ref(name)} = anew.sealed
      FROM unnest(${ids}::uuid[], ${envelopes}::bytea[]) AS anew (id, sealed)
      WHERE t.organization_id = ${tx.organizationId} AND t.${sql.ref(idColumn)} = anew.id`,
    )
  }
  return { resealed, after: rows.length < rowsTogether ? undefined : rows.at(-1)?.id }
}
