/**
 * Deriving 100,000 people with 1,000 groups and 500,000 memberships, by settlements as every change of settings does it:
 * nobody is there yet, nothing changed, 1 % changed. Beside it the bare INSERT … SELECT of the rows that the first one
 * makes into tables of the same shape, and what settling takes of one SCIM write.
 * Run: make bench BENCH=people
 */
import {
  type Database,
  finishSettlement,
  type OrganizationScope,
  settlePeople,
  transact,
  updateDirectoryUsers,
} from '@muster/repository'
import pg from 'pg'
// Inside the repository: what changes of settings do behind their plan and judgement.
import { startSettlement } from '../packages/repository/src/settlements/start-settlement.ts'
import { idOf } from './support/fill-directory.ts'
import { printTable } from './support/measure.ts'
import { withOneDirectory } from './support/one-directory.ts'

const userCount = Number(process.env.PEOPLE ?? 100_000)
const groupCount = userCount / 100
const groupsEach = 5
const writes = 400
const pepper = 'p'.repeat(32)
const cause = { kind: 'system', id: 'bench' } as const

/** The directory layer alone, as if it had been there before the people. */
function fill(place: string): string {
  return `
    SET session_replication_role = 'replica';
    CREATE TEMPORARY TABLE source AS
      SELECT n, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id, 'user-' || n || '@bench.test' AS email
      FROM generate_series(1, ${userCount}) n;
    INSERT INTO directory_users (organization_id, directory_id, directory_user_id, user_name_key, external_id, active,
        resource, mapped)
      SELECT ${place}, id, email, 'ext-' || n, true, jsonb_build_object('schemas',
          '["urn:ietf:params:scim:schemas:core:2.0:User"]'::jsonb, 'userName', email, 'externalId', 'ext-' || n,
          'title', 'Title ' || n % 50, 'active', true, 'name', jsonb_build_object('givenName', 'Given', 'familyName', 'Family'),
          'emails', jsonb_build_array(jsonb_build_object('value', email, 'type', 'work', 'primary', true)),
          'addresses', jsonb_build_array(jsonb_build_object('type', 'work', 'formatted', repeat('x', 700)))), '{}'
      FROM source;
    INSERT INTO directory_groups (organization_id, directory_id, directory_group_id, display_name, display_name_key,
        unique_name, resource)
      SELECT ${place}, id, 'Group ' || n, 'group ' || n, true, jsonb_build_object('displayName', 'Group ' || n)
      FROM source WHERE n <= ${groupCount};
    INSERT INTO groups (organization_id, group_id, directory_id, name, name_key)
      SELECT organization_id, directory_group_id, directory_id, display_name, display_name_key FROM directory_groups;
    INSERT INTO memberships (organization_id, directory_id, directory_group_id, directory_user_id)
      SELECT ${place}, g.id, u.id FROM source u CROSS JOIN generate_series(0, ${groupsEach - 1}) k
      JOIN source g ON g.n = (u.n + k * ${Math.floor(groupCount / groupsEach)}) % ${groupCount} + 1;
    INSERT INTO directory_counts VALUES (${place}, ${userCount}, ${groupCount});
    SET session_replication_role = 'origin'`
}

/** What the first settlement wrote, copied into empty tables with the same columns and indexes, in one transaction. */
const copied = ['users', 'user_links', 'email_claims', 'user_groups', 'events'] as const

async function copySeconds(superuser: pg.Client): Promise<number> {
  for (const table of copied) await superuser.query(`CREATE TABLE copy_${table} (LIKE ${table} INCLUDING ALL)`)
  return seconds(async () => {
    await superuser.query('BEGIN')
    for (const table of copied) {
      const { rows } = await superuser.query(`SELECT string_agg(quote_ident(attname), ', ') AS names FROM pg_attribute
        WHERE attrelid = '${table}'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`)
      const { names } = rows[0]
      await superuser.query(`INSERT INTO copy_${table} (${names}) SELECT ${names} FROM ${table}`)
    }
    await superuser.query('COMMIT')
  })
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1_000
}

async function settleAll(database: Database, scope: OrganizationScope): Promise<void> {
  const draft = { kind: 'directory_users', total: userCount } as const
  const id = await transact(database, scope, cause, (tx): Promise<string> => startSettlement(tx, draft))
  const settlement = await finishSettlement(database, scope, id, { deadlineMilliseconds: Infinity })
  if (settlement?.done !== userCount) throw new Error(`${settlement?.done} of ${userCount} users were settled`)
}

/** The median milliseconds of a whole write of one user, and of settling the same user alone, in turns. */
async function oneWrite(database: Database, scope: OrganizationScope, directoryId: string) {
  const times = { write: [] as number[], settle: [] as number[] }
  for (let turn = -50; turn < writes; turn++) {
    const n = 1 + (Math.abs(turn * 7_919) % userCount)
    const userName = `user-${n}@bench.test`
    const document = { userName, active: true, title: `Title ${turn}`, emails: [{ value: userName, primary: true }] }
    const drafts = [{ directoryUserId: idOf(n), document }]
    const write = await seconds(() =>
      transact(database, scope, cause, (tx) => updateDirectoryUsers(tx, directoryId, drafts)),
    )
    const settle = await seconds(() =>
      transact(database, scope, cause, (tx) => settlePeople(tx, directoryId, [idOf(n)])),
    )
    if (turn < 0) continue
    times.write.push(write * 1_000)
    times.settle.push(settle * 1_000)
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
  return { write: median(times.write), settle: median(times.settle) }
}

await withOneDirectory(pepper, async ({ database, superuserUrl, scope, directoryId }) => {
  const superuser = new pg.Client({ connectionString: superuserUrl })
  await superuser.connect()
  try {
    await superuser.query(fill(`'${scope.organizationId}'::uuid, '${directoryId}'::uuid`))
    const first = await seconds(() => settleAll(database, scope))
    await superuser.query('VACUUM ANALYZE')
    const copy = await copySeconds(superuser)
    const unchanged = await seconds(() => settleAll(database, scope))
    await superuser.query(`SET session_replication_role = 'replica'; UPDATE directory_users
      SET resource = resource || '{"title": "Changed"}' WHERE external_id LIKE 'ext-%00'`)
    const onePercent = await seconds(() => settleAll(database, scope))
    const row = (name: string, took: number) => [
      name,
      `${took.toFixed(1)} s`,
      `${Math.round(userCount / took)} people/s`,
      `${(took / copy).toFixed(2)}`,
    ]
    printTable([
      [`${userCount} people`, 'took', '', 'of the bare copy'],
      row('bare INSERT … SELECT of the rows', copy),
      row('first', first),
      row('unchanged', unchanged),
      row('1 % changed', onePercent),
    ])
    const one = await oneWrite(database, scope, directoryId)
    process.stdout.write(
      `one user: write ${one.write.toFixed(2)} ms (p50), settling alone, nothing to change ${one.settle.toFixed(2)} ms\n`,
    )
  } finally {
    await superuser.end()
  }
})
