import pg from 'pg'
import { fillDirectory } from './support/fill-directory.ts'
import { createDirectories } from './support/scim-directories.ts'
import { withScratchPostgres } from './support/scratch-postgres.ts'

await withScratchPostgres(async (su) => {
  const { databaseUrl } = await createDirectories(su, { pepper: 'p'.repeat(32), organizations: 1 })
  const u = new URL(su)
  u.pathname = new URL(databaseUrl).pathname
  const s = new pg.Client({ connectionString: u.href })
  await s.connect()
  const { organization_id: o, directory_id: d } = (await s.query('select * from directories')).rows[0]
  await fillDirectory(u.href, { organizationId: o, directoryId: d }, 1_000_000)
  const c = new pg.Client({
    connectionString: databaseUrl,
    options: '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off',
  } as any)
  await c.connect()
  await c.query(`SET muster.organization_id='${o}'`)
  const at = new Date(Date.UTC(2026, 0, 1) + 999_900_000).toISOString()
  for (const par of [2, 0]) {
    await c.query(`SET max_parallel_workers_per_gather=${par}`)
    for (const text of [
      'SELECT count(*) FROM directory_users u WHERE u.organization_id=$1::uuid AND u.directory_id=$2::uuid AND (u.updated_at > $3::timestamptz)',
      'SELECT * FROM (SELECT * FROM (SELECT u.directory_user_id AS id, NULL::text AS key FROM directory_users u WHERE u.organization_id=$1::uuid AND u.directory_id=$2::uuid AND (u.updated_at > $3::timestamptz) OFFSET 0) found ORDER BY found.id LIMIT 128) front OFFSET 0 LIMIT 101',
    ]) {
      await c.query(`PREPARE p AS ${text}`)
      for (const _ of [1, 2]) {
        const r = await c.query(`EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) EXECUTE p('${o}','${d}','${at}')`)
        if (_ == 2) console.log(par, r.rows.map((x) => x['QUERY PLAN']).join('\n'))
      }
      await c.query('DEALLOCATE p')
    }
  }
  // price of the index
  for (const drop of [false, true]) {
    if (drop) await s.query('DROP INDEX directory_users_modified')
    await s.query('VACUUM ANALYZE directory_users')
    const t0 = performance.now()
    const n = 20_000
    await s.query('BEGIN')
    await s.query(
      `DO $$ BEGIN FOR i IN 1..${n} LOOP UPDATE directory_users SET version = version + 1, updated_at = clock_timestamp(), resource = resource || jsonb_build_object('nickName', 'n' || i) WHERE organization_id='${o}' AND directory_id='${d}' AND directory_user_id = ('01900000-0000-7000-8000-' || lpad(to_hex((i * 49) % 1000000 + 1), 12, '0'))::uuid; END LOOP; END $$`,
    )
    await s.query('COMMIT')
    console.log(drop ? 'without' : 'with', 'index', ((performance.now() - t0) / n).toFixed(4), 'ms an update')
    console.log(
      (await s.query(`select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname='directory_users'`)).rows,
    )
  }
  await c.end()
  await s.end()
})
