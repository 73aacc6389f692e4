import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@muster/embedded-postgres'
import pg from 'pg'
import t, { type Test } from 'tap'

const log = { info: () => {}, warn: () => {} }

async function temporaryFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-postgres-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function ask(url: string, ...statements: string[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const answers: string[] = []
    for (const statement of statements) {
      const { rows } = await client.query({ text: statement, rowMode: 'array' })
      answers.push(String(rows[0]?.[0]))
    }
    return answers
  } finally {
    await client.end()
  }
}

const debianBinaries = '/usr/lib/postgresql/15/bin'
const hasDebianBinaries = await stat(debianBinaries).then(
  () => true,
  () => false,
)

for (const { name, binDir, skip } of [
  { name: 'binaries from npm', binDir: undefined, skip: false },
  { name: 'Postgres 15 of the system', binDir: debianBinaries, skip: !hasDebianBinaries },
]) {
  t.test(`${name}: a durable cluster that survives a restart`, { skip }, async (t) => {
    const dataDir = join(await temporaryFolder(t), 'data')
    const options = { dataDir, log, ...(binDir === undefined ? {} : { binDir }) }
    const first = await startPostgres(options)
    t.teardown(() => first.stop())
    t.equal(first.host, '127.0.0.1')
    t.equal(first.adopted, false)
    t.match(first.version, binDir === undefined ? /^18\./ : /^15\./)
    const settings = ['fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'jit', 'listen_addresses']
    t.same(await ask(first.superuserUrl, ...settings.map((setting) => `SHOW ${setting}`)), [
      ...['on', 'on', 'on', 'on', 'off', '127.0.0.1'],
    ])
    t.same(await ask(first.superuserUrl, 'SHOW unix_socket_directories', 'SHOW server_encoding'), ['', 'UTF8'])
    t.same(await ask(first.superuserUrl, `SELECT datcollate FROM pg_database WHERE datname = 'template1'`), ['C'])
    await t.rejects(ask(first.superuserUrl.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1'), { code: '28P01' })
    await ask(first.superuserUrl, 'CREATE TABLE kept AS SELECT 42 AS answer')
    t.equal((await stat(dataDir)).mode & 0o777, 0o700)
    t.equal((await stat(join(dataDir, 'superuser-password'))).mode & 0o777, 0o600)
    await Promise.all([first.stop(), first.stop()])
    await first.exited

    const second = await startPostgres(options)
    t.teardown(() => second.stop())
    t.equal(second.port, first.port, 'the port is kept')
    t.equal(second.superuserUrl, first.superuserUrl)
    t.same(await ask(second.superuserUrl, 'SELECT answer FROM kept'), ['42'])
    await second.stop()

    const squatter = createServer().listen(first.port, '127.0.0.1')
    t.teardown(() => squatter.close())
    await t.rejects(startPostgres({ ...options, port: first.port }), { code: 'conflict', detail: String(first.port) })
    const third = await startPostgres(options)
    t.teardown(() => third.stop())
    t.not(third.port, first.port, 'a taken port is left to its owner')
    await third.stop()
  })
}

t.test('an interrupted initdb is redone, a throw-away cluster waits for no disk', async (t) => {
  const dataDir = await temporaryFolder(t)
  await mkdir(join(dataDir, 'unfinished-123', 'cluster', 'base'), { recursive: true })
  await writeFile(join(dataDir, 'unfinished-123', 'cluster', 'PG_VERSION'), '18\n')
  const postgres = await startPostgres({ dataDir, durable: false, settings: { work_mem: '8MB' }, log })
  t.teardown(() => postgres.stop())
  t.same(await ask(postgres.superuserUrl, 'SHOW fsync', 'SHOW synchronous_commit', 'SHOW work_mem'), [
    ...['off', 'off', '8MB'],
  ])
  t.same((await readdir(dataDir)).sort(), ['cluster', 'port', 'postgres.log', 'superuser-password'])
  await postgres.stop()
})

t.test('what cannot be opened is refused with the reason', async (t) => {
  const folder = await temporaryFolder(t)
  const empty = join(folder, 'empty')
  await mkdir(join(empty, 'cluster'), { recursive: true })
  await writeFile(join(empty, 'superuser-password'), 'secret')
  await t.rejects(startPostgres({ dataDir: empty, log }), { code: 'conflict', detail: /no PG_VERSION/ })
  await writeFile(join(empty, 'cluster', 'PG_VERSION'), '14\n')
  await t.rejects(startPostgres({ dataDir: empty, log }), { code: 'conflict', detail: /Postgres 14.*Postgres 18/ })
  await rm(join(empty, 'superuser-password'))
  await t.rejects(startPostgres({ dataDir: empty, log }), { code: 'unavailable', detail: /superuser-password/ })
  await t.rejects(startPostgres({ dataDir: join(folder, 'a'), binDir: folder, log }), {
    code: 'unavailable',
    detail: /no Postgres server/,
  })
  await writeFile(join(folder, 'postgres'), '#!/bin/sh\nexit 3\n')
  await writeFile(join(folder, 'initdb'), '')
  await chmod(join(folder, 'postgres'), 0o755)
  await t.rejects(startPostgres({ dataDir: join(folder, 'b'), binDir: folder, log }), {
    code: 'unavailable',
    detail: /does not run/,
  })
  const settings = { fsync: 'off', shared_buffers: '1MB' }
  await t.rejects(startPostgres({ dataDir: join(folder, 'c'), settings, log }), { code: 'badRequest', detail: /fsync/ })
  const nonsense = { shared_buffers: 'plenty' }
  await t.rejects(startPostgres({ dataDir: join(folder, 'd'), settings: nonsense, log }), {
    code: 'unavailable',
    detail: /shared_buffers/,
  })
})
