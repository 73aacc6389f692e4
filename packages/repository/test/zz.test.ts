import t from 'tap'
import { sql } from 'kysely'
import { read } from '../src/index.ts'
import { groupsText } from '../src/filters/groups-of-user.ts'
import { connect, openInstallation } from './support/installation.ts'
import { fillLargeDirectory } from './support/large-directory.ts'
t.test('x', async (t) => {
  const installation = await openInstallation(t, { connectionsMax: 1 })
  const su = await connect(t, installation.testDatabase.superuserUrl)
  const large = await fillLargeDirectory(installation, su, 50_000)
  const d = large.directory.directoryId
  await su.query(`SET session_replication_role='replica'; INSERT INTO memberships (organization_id, directory_id, directory_group_id, directory_user_id)
    SELECT g.organization_id, g.directory_id, g.directory_group_id, u.directory_user_id FROM (SELECT * FROM directory_groups WHERE display_name <> 'Group 1' LIMIT 20) g, directory_users u WHERE u.user_name_key < 'user-2'`)
  await su.query('ANALYZE')
  const old = sql`(
  SELECT json_agg(json_build_object('value', g.directory_group_id, 'display', g.display_name, 'type', 'direct')
    ORDER BY g.directory_group_id)::text
  FROM memberships m
  CROSS JOIN LATERAL (
    SELECT * FROM directory_groups WHERE organization_id = m.organization_id AND directory_id = m.directory_id
      AND directory_group_id = m.directory_group_id OFFSET 0) g
  WHERE m.organization_id = u.organization_id AND m.directory_id = u.directory_id
    AND m.directory_user_id = u.directory_user_id)`
  const ids = (await su.query(`SELECT directory_user_id id FROM directory_users WHERE user_name_key < 'user-2' LIMIT 2000`)).rows.map((r) => r.id)
  const page = (await su.query(`SELECT directory_user_id id FROM directory_users WHERE user_name_key < 'user-2' ORDER BY 1 OFFSET 100 LIMIT 1`)).rows[0].id
  for (const nested of [true, false]) {
    if (!nested) await su.query('DELETE FROM memberships WHERE child_group_id IS NOT NULL')
    for (const round of [1, 2]) for (const [name, expr] of [['old', old], ['new', groupsText(large.scope.organizationId, d)]] as const) {
      await read(installation.database, large.scope, async (r) => {
        let s = performance.now()
        for (const id of ids) await sql`SELECT u.resource::text, ${expr} AS groups FROM directory_users u WHERE organization_id=${large.scope.organizationId} AND directory_id=${d} AND directory_user_id=${id}`.execute(r.db)
        const get = (performance.now() - s) / ids.length
        s = performance.now()
        for (let n = 0; n < 20; n++) await sql`SELECT u.resource::text, ${expr} AS groups FROM directory_users u WHERE organization_id=${large.scope.organizationId} AND directory_id=${d} AND directory_user_id<=${page} ORDER BY directory_user_id LIMIT 100`.execute(r.db)
        console.error(`nested=${nested} ${name} get=${get.toFixed(3)}ms page=${((performance.now() - s) / 20).toFixed(2)}ms`)
        const plan = await sql`EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) SELECT u.resource::text, ${expr} AS groups FROM directory_users u WHERE organization_id=${large.scope.organizationId} AND directory_id=${d} AND directory_user_id=${ids[0]}`.execute(r.db)
        if (round === 2) console.error(plan.rows.map((x: any) => x['QUERY PLAN']).filter((x: string, i: number) => /^  Buffers|^Exec/.test(x)||i==1).join('\n'))
      })
    }
  }
})
