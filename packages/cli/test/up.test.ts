import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { startPostgres } from '@muster/embedded-postgres'
import { provisionDatabase } from '@muster/repository'
import t from 'tap'
import { assertNothingLeft, makeSite, paste, readConnection, readPostmaster, run, up } from './support/installation.ts'

const connectionNames = ['adminUrl', 'databaseUrl', 'directoryId', 'migrationDatabaseUrl', 'operatorKey']
  .concat(['organizationId', 'scimBaseUrl', 'scimToken'])
  .sort()

t.test('first start, what the banner says, a second start on the same data', async (t) => {
  const site = await makeSite(t)
  const first = await up(t, site)
  const connection = await readConnection(site)
  t.same(Object.keys(connection).sort(), connectionNames)
  for (const value of ['scimBaseUrl', 'scimToken', 'adminUrl', 'operatorKey', 'organizationId']) {
    t.ok(first.banner.includes(String(connection[value])), `the banner shows ${value}`)
  }
  t.equal((await stat(site.dataDir)).mode & 0o777, 0o700)
  for (const file of ['connection.json', 'secrets.json']) {
    t.equal((await stat(join(site.dataDir, file))).mode & 0o777, 0o600, file)
  }

  const created = JSON.parse(await paste(first.banner, 0))
  t.match(created, { userName: 'jane@example.com', id: /^[0-9a-f-]{36}$/ })
  t.match(JSON.parse(await paste(first.banner, 1)), {
    data: [{ type: 'directory.activated' }, { type: 'directory.user.created' }],
  })
  const authorization = `Bearer ${connection.scimToken}`
  const found = await fetch(`${connection.scimBaseUrl}/Users/${created.id}`, { headers: { authorization } })
  t.equal(found.status, 200)

  const rival = await up(t, site)
  t.match(await rival.end, { code: 1, said: `in use by process ${first.child.pid}` })
  t.match(await run(site, 'migrate'), { code: 1, stderr: 'in use by process' })

  const key = (await run(site, 'keys', 'create', '--name', 'test')).stdout.trim()
  const organizations = await fetch(`${connection.adminUrl}/api/organizations`, {
    headers: { authorization: `Bearer ${key}` },
  })
  t.match(await organizations.json(), { data: [{ id: connection.organizationId }] })
  const diagnosis = await run(site, 'doctor', '--json')
  t.equal(diagnosis.code, 0, diagnosis.stdout)
  t.match(JSON.parse(diagnosis.stdout), [
    { name: 'Node.js', status: 'ok' },
    { name: 'Data folder', status: 'ok' },
  ])

  const postmaster = await readPostmaster(site)
  first.child.kill('SIGTERM')
  t.match(await first.end, { code: 0 })
  await assertNothingLeft(t, site, postmaster)
  t.match(await run(site, 'doctor'), { code: 1, stdout: /FAILED +Database/ })
  const idle = await run(site, 'migrate')
  t.match(idle, { code: 0, stdout: 'Nothing to migrate.' }, idle.stderr)

  const second = await up(t, site)
  t.match(second.banner, /Same data/)
  t.same(await readConnection(site), connection)
  const again = await fetch(`${connection.scimBaseUrl}/Users/${created.id}`, { headers: { authorization } })
  t.equal(again.status, 200)
  second.child.kill('SIGINT')
  t.match(await second.end, { code: 0 })
})

t.test('with a database of its own it starts none', async (t) => {
  const site = await makeSite(t)
  const postgres = await startPostgres({ dataDir: `${site.dataDir}-server`, log: { info: () => {}, warn: () => {} } })
  t.teardown(() => postgres.stop())
  const urls = await provisionDatabase({
    superuserUrl: postgres.superuserUrl,
    database: 'elsewhere',
    owner: { name: 'the owner', password: 'p@ss/word' },
    app: { name: 'the app', password: 'p@ss:word' },
  })
  Object.assign(site.environment, {
    DATABASE_URL: urls.databaseUrl,
    MIGRATION_DATABASE_URL: urls.migrationDatabaseUrl,
    NODE_ENV: 'production',
  })
  t.match(await run(site, 'migrate'), { code: 0, stdout: /0001/ })
  const running = await up(t, site)
  t.match(await readConnection(site), urls)
  t.notOk((await readdir(site.dataDir)).includes('postgres'))
  t.notMatch(running.banner, /p@ss|p%40ss/, 'passwords of a database are not shown')
  running.child.kill('SIGTERM')
  t.match(await running.end, { code: 0 })
})
