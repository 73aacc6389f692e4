import { join } from 'node:path'
import type pg from 'pg'

/** What a first sync fills, beside stage and changes. */
const filledTables = [
  'directory_users',
  'directory_user_emails',
  'directory_groups',
  'memberships',
  'users',
  'user_links',
  'email_claims',
  'groups',
  'user_groups',
  'source_records',
  'source_references',
  'events',
] as const

const stageTables = ['sync_stage_records', 'sync_stage_edges'] as const

/** A table's rows in a file of the server, for COPY. */
interface Dump {
  table: string
  columns: string
  file: string
}

/** Writes rows of a table into a file of the server. */
async function dump(superuser: pg.Client, table: string): Promise<Dump> {
  const { rows } = await superuser.query(
    `SELECT current_setting('data_directory') AS folder, string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns
     FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
    [table],
  )
  const { folder, columns } = rows[0] as { folder: string; columns: string }
  const file = join(folder, `${table}.copy`)
  await superuser.query(`COPY (SELECT ${columns} FROM ${table}) TO '${file}'`)
  return { table, columns, file }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1_000
}

/** An empty table with the same columns and indexes. */
function emptyCopy(superuser: pg.Client, table: string): Promise<unknown> {
  return superuser.query(
    `DROP TABLE IF EXISTS copy_${table} CASCADE; CREATE TABLE copy_${table} (LIKE ${table} INCLUDING ALL)`,
  )
}

/** Foreign keys as the table has them, among the copies where there are any. */
async function addForeignKeys(superuser: pg.Client, table: string): Promise<void> {
  const { rows } = await superuser.query<{ target: string; definition: string }>(
    `SELECT confrelid::regclass::text AS target, pg_get_constraintdef(oid) AS definition FROM pg_constraint
     WHERE conrelid = $1::regclass AND contype = 'f'`,
    [table],
  )
  for (const { target, definition } of rows) {
    const isCopied = (filledTables as readonly string[]).includes(target)
    const own = isCopied ? definition.replace(`REFERENCES ${target}`, `REFERENCES copy_${target}`) : definition
    await superuser.query(`ALTER TABLE copy_${table} ADD ${own}`)
  }
}

function fill(superuser: pg.Client, { table, columns, file }: Dump): Promise<unknown> {
  return superuser.query(`COPY copy_${table} (${columns}) FROM '${file}'`)
}

/** The seconds of a plain COPY, in one transaction, of every row that a sync has made into empty tables like ours. */
export async function copyOfEverything(superuser: pg.Client): Promise<{ seconds: number; rows: number }> {
  const dumps: Dump[] = []
  for (const table of filledTables) {
    dumps.push(await dump(superuser, table))
    await emptyCopy(superuser, table)
  }
  for (const table of filledTables) await addForeignKeys(superuser, table)
  const took = await seconds(async () => {
    await superuser.query('BEGIN')
    for (const each of dumps) await fill(superuser, each)
    await superuser.query('COMMIT')
  })
  let rows = 0
  for (const { table } of dumps) {
    const counted = await superuser.query(`SELECT count(*)::integer AS count FROM copy_${table}`)
    rows += counted.rows[0].count
  }
  for (const table of filledTables) await superuser.query(`DROP TABLE copy_${table} CASCADE`)
  return { seconds: took, rows }
}

/** What stands on the stage, for `copyAndMerge`. */
export async function dumpStage(superuser: pg.Client): Promise<readonly Dump[]> {
  const dumps: Dump[] = []
  for (const table of stageTables) dumps.push(await dump(superuser, table))
  return dumps
}

/**
 * The seconds of a COPY of a stage into an empty one like it, and of the merge of both tables with what is stored: records by their
 * hash, edges by their ends. Rolled back behind it.
 */
export async function copyAndMerge(superuser: pg.Client, stage: readonly Dump[], isLdap: boolean): Promise<number> {
  for (const { table } of stage) await emptyCopy(superuser, table)
  const took = await seconds(async () => {
    await superuser.query('BEGIN')
    for (const each of stage) await fill(superuser, each)
    await superuser.query(`
      MERGE INTO source_records known USING copy_sync_stage_records staged
        ON known.kind = staged.kind AND known.source_id = staged.source_id
      WHEN MATCHED AND known.hash <> staged.hash THEN UPDATE SET hash = staged.hash
      WHEN NOT MATCHED THEN DO NOTHING`)
    const memberOf = isLdap
      ? 'source_references member ON member.reference_key = edge.member_key'
      : `source_records member ON member.kind = 'user' AND member.source_id = edge.member_key`
    await superuser.query(`
      MERGE INTO memberships known USING (
        SELECT owner.organization_id, owner.directory_id, owner.resource_id AS group_id, member.resource_id AS user_id
        FROM copy_sync_stage_edges edge
        JOIN source_records owner ON owner.kind = 'group' AND owner.source_id = edge.group_source_id
        JOIN ${memberOf}
      ) said ON known.directory_group_id = said.group_id AND known.member_id = said.user_id
      WHEN NOT MATCHED THEN INSERT (organization_id, directory_id, directory_group_id, directory_user_id)
        VALUES (said.organization_id, said.directory_id, said.group_id, said.user_id)`)
  })
  await superuser.query('ROLLBACK')
  return took
}
