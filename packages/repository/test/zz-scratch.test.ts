import t from 'tap'
import { addDirectory, userDocument } from './support/directory.ts'
import { openInstallation, connect } from './support/installation.ts'
import { openDatabase } from '../src/index.ts'
import fs from 'node:fs'

t.test('x', async (t) => {
  const { addOrganization, testDatabase } = await openInstallation(t)
  const su = await connect(t, testDatabase.superuserUrl)
  const name = new URL(testDatabase.superuserUrl).pathname.slice(1)
  if (process.env.EXPLAIN) for (const s of ["session_preload_libraries='auto_explain'", 'auto_explain.log_min_duration=8', 'auto_explain.log_analyze=on', 'auto_explain.log_level=notice','auto_explain.log_timing=on']) await su.query(`ALTER DATABASE ${name} SET ${s}`)
  const database = openDatabase({url: testDatabase.databaseUrl, connectionsMax: 1})
  t.teardown(() => database.close())
  let out = ''
  database.pool.on('connect', (c) => c.on('notice', (n) => { out += n.message + '\n' }))
  const scope = await addOrganization()
  const directory = await addDirectory(database, scope)
  let ids: any[] = []
  for (const n of [500, 1000, 2000, 10000]) {
    const start = performance.now()
    ids = await directory.createUsers(Array.from({ length: n }, (_, i) => userDocument(`u${n}-${i}@x.test`)))
    t.comment(`${n}: ${performance.now() - start}`)
  }
  const g = await directory.createGroup('g')
  for (const kind of ['add','remove','replace'] as const) {
    const start = performance.now()
    await directory.changeMembers(g, [{ kind, ids }])
    t.comment(`${kind}: ${performance.now() - start}`)
  }
  for (const n of [1,1,1,1,1,1,1,1000]) {
    const start = performance.now()
    await directory.deleteUsers(ids.splice(0, n))
    t.comment(`delete ${n}: ${performance.now() - start}`)
  }
  for (const n of [1,2,3,4,5,6,7,1000]) {
    const start = performance.now()
    await directory.patchUser(ids[n], {active: false})
    t.comment(`patch ${n}: ${performance.now() - start}`)
  }
  for (const n of [1,2,3,4,5,6,7,1000]) {
    const start = performance.now()
    await directory.createUsers([userDocument(`one${n}@x.test`)])
    t.comment(`create ${n}: ${performance.now() - start}`)
  }
  fs.writeFileSync('/tmp/scratch/plans.txt', out)
  t.pass('x')
})
