import type pg from 'pg'

/** Tables without a policy: what must be read before an organization is known, or belongs to none. */
export const sharedTables: Record<string, readonly string[]> = {
  credential_routes: ['credential_hash', 'kind', 'organization_id', 'directory_id', 'credential_id', 'expires_at'],
  directory_routes: ['directory_id', 'organization_id'],
  followers: ['kind', 'organization_id', 'follower_id', 'sequence', 'paused'],
  hold_routes: ['hold_id', 'organization_id'],
  notification_routes: ['channel_id', 'organization_id', 'directory_id', 'due_at'],
  operator_keys: ['operator_key_id', 'credential_hash', 'name', 'hint', 'created_at', 'revoked_at'],
  sync_routes: ['directory_id', 'organization_id', 'due_at'],
  // COPY refuses tables with a policy: the stage of a run, dropped at its end.
  sync_stage_edges: [
    'organization_id',
    'run_id',
    'group_source_id',
    'member_key',
    'by_reference',
    'position',
    'effect',
  ],
  sync_stage_records: [
    'organization_id',
    'run_id',
    'kind',
    'source_id',
    'position',
    'effect',
    'hash',
    'name_key',
    'reference_keys',
    'record',
  ],
  kysely_migration: ['name', 'timestamp'],
  kysely_migration_lock: ['id', 'is_locked'],
}

/** Policies beside `own_organization`: what a setting of the transaction lets see over all organizations, and what is refused. */
export const specialPolicies: Record<string, { cmd: string; permissive: string; qual: string; with_check: unknown }> = {
  'daily_tallies operator_reads': readsWith('operator'),
  'event_sequences followers_read': readsWith('followers'),
  'events only_erases': {
    ...{ cmd: 'UPDATE', permissive: 'RESTRICTIVE', qual: 'true' },
    with_check: `((data)::text = '{"erased":true}'::text)`,
  },
  'organizations operator_reads': readsWith('operator'),
}

function readsWith(setting: string) {
  const qual = `(current_setting('muster.${setting}'::text, true) = 'on'::text)`
  return { cmd: 'SELECT', permissive: 'PERMISSIVE', qual, with_check: null }
}

/** Functions that run with the rights of the owner: what the services may do to the event log's partitions. */
export const lendingFunctions = ['drop_event_partitions', 'prepare_event_partitions']

export interface Column {
  name: string
  type: string
  generated: boolean
  required: boolean
}

export interface Table {
  name: string
  kind: string
  secured: boolean
  forced: boolean
  columns: Column[]
}

/** Every relation with rows in the schema public, as the catalogue has it. */
export async function listTables(client: pg.Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(`
    SELECT c.relname AS name, c.relkind AS kind, c.relrowsecurity AS secured, c.relforcerowsecurity AS forced,
      (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, NULL),
          'generated', a.attgenerated <> '', 'required', a.attnotnull) ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
    ORDER BY c.relname`)
  return rows
}

export async function listOwnedTables(client: pg.Client): Promise<Table[]> {
  return (await listTables(client)).filter((table) => !(table.name in sharedTables))
}

/** Has nobody count the rows of our tables behind the test's back: it says itself when there are statistics. */
export async function stopAutovacuum(superuser: pg.Client): Promise<void> {
  const { rows } = await superuser.query<{ name: string }>(
    `SELECT oid::regclass::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
  )
  for (const { name } of rows) await superuser.query(`ALTER TABLE ${name} SET (autovacuum_enabled = off)`)
}

/** A value of each type that our columns have. */
const samples: Record<string, (random: string) => unknown> = {
  uuid: (random) => random,
  'uuid[]': () => [],
  'text[]': (random) => [random],
  text: (random) => random,
  bytea: (random) => Buffer.from(random),
  boolean: () => true,
  smallint: () => 1,
  integer: () => 1,
  bigint: () => 1,
  real: () => 1,
  json: () => '{}',
  jsonb: () => '{}',
  date: () => '2026-01-01',
  'timestamp with time zone': () => new Date(),
}

/** A row for the table that breaks nothing but constraints; `random` is a UUID that makes it unlike the others. */
export function sampleRow(table: Table, organizationId: string, random: string): [string[], unknown[]] {
  const columns = table.columns.filter((column) => !column.generated)
  const values = columns.map(({ name, type }) => {
    if (name === 'organization_id') return organizationId
    const sample = samples[type]
    if (sample === undefined) throw new Error(`${table.name}.${name} is of a type without a sample: ${type}`)
    return sample(random)
  })
  return [columns.map((column) => column.name), values]
}

/** Keys and constraints that do not begin with the organization, as readable lines: there must be none. */
export async function listLooseConstraints(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ what: string }>(`
    WITH owned AS (
      SELECT c.oid, c.relname, a.attnum FROM pg_class c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id'
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relrowsecurity AND NOT c.relispartition
    )
    SELECT format('%s: unique index %s', o.relname, i.indexrelid::regclass) AS what
    FROM owned o JOIN pg_index i ON i.indrelid = o.oid WHERE i.indisunique AND o.attnum <> ALL (i.indkey)
    UNION ALL
    SELECT format('%s: no primary key', o.relname) FROM owned o
    WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = o.oid AND i.indisprimary)
    UNION ALL
    SELECT format('%s: foreign key %s', o.relname, k.conname)
    FROM owned o JOIN pg_constraint k ON k.conrelid = o.oid AND k.contype = 'f'
    LEFT JOIN owned target ON target.oid = k.confrelid
    WHERE k.conkey[1] <> o.attnum OR k.confkey[1] IS DISTINCT FROM target.attnum
    UNION ALL
    SELECT format('%s: index %s', o.relname, i.indexrelid::regclass)
    FROM owned o JOIN pg_index i ON i.indrelid = o.oid WHERE NOT i.indisunique AND i.indkey[0] <> o.attnum`)
  return rows.map((row) => row.what)
}
