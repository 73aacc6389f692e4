import t from 'tap'
import { addDirectory, userDocument } from './support/directory.ts'
import { openInstallation, connect } from './support/installation.ts'
import { openDatabase } from '../src/index.ts'
import fs from 'node:fs'

t.test('x', async (t) => {
  const { addOrganization, testDatabase } = await openInstallation(t)
  const su = await connect(t, testDatabase.superuserUrl)
  const name = new URL(testDatabase.superuserUrl).pathname.slice(1)
  for (const s of ["session_preload_libraries='auto_explain'", 'auto_explain.log_min_duration=100', 'auto_explain.log_analyze=on', 'auto_explain.log_level=notice','auto_explain.log_timing=on']) await su.query(`ALTER DATABASE ${name} SET ${s}`)
  const database = openDatabase({url: testDatabase.databaseUrl, connectionsMax: 1})
  t.teardown(() => database.close())
  let out = ''
  database.pool.on('connect', (c) => c.on('notice', (n) => { out += n.message + '\n' }))
  const scope = await addOrganization()
  const directory = await addDirectory(database, scope)
  for (const n of [500, 1000]) {
    const start = performance.now()
    await directory.createUsers(Array.from({ length: n }, (_, i) => userDocument(`u${n}-${i}@x.test`)))
    t.comment(`${n}: ${performance.now() - start}`)
  }
  fs.writeFileSync('/tmp/scratch/plans.txt', out)
  t.pass('x')
})
