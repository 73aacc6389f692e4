import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@muster/embedded-postgres'
import pg from 'pg'
import t, { type Test } from 'tap'
import { isAlive } from '../src/process-life.ts'

const log = { info: () => {}, warn: () => {} }

async function temporaryFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-orphan-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

interface Orphaned {
  port: number
  superuserUrl: string
  postmaster: number
}

/** Starts Postgres in a process of its own, commits a row there and kills that process without a chance to clean up. */
async function orphanPostgres(dataDir: string): Promise<Orphaned> {
  const script = `
    import { startPostgres } from '@muster/embedded-postgres'
    const { port, superuserUrl } = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, log: { info() {}, warn() {} } })
    process.stdout.write(JSON.stringify({ port, superuserUrl }) + '\\n')
  `
  const parent = execFile(process.execPath, ['--input-type=module-typescript', '-e', script], {
    cwd: import.meta.dirname,
  })
  if (parent.stdout === null) throw new Error('the parent has no output')
  const [line] = (await once(parent.stdout, 'data')) as [string]
  parent.kill('SIGKILL')
  await once(parent, 'exit')
  const [postmaster] = (await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8')).split('\n')
  return { ...(JSON.parse(line) as { port: number; superuserUrl: string }), postmaster: Number(postmaster) }
}

async function one(url: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query({ text: statement, rowMode: 'array' })
    return rows[0]?.[0]
  } finally {
    await client.end()
  }
}

t.test('the postmaster of a killed parent is adopted as it runs', async (t) => {
  const dataDir = await temporaryFolder(t)
  const orphaned = await orphanPostgres(dataDir)
  t.ok(isAlive(orphaned.postmaster), 'it outlived its parent')
  await one(orphaned.superuserUrl, 'CREATE TABLE kept AS SELECT 1 AS answer')
  const postgres = await startPostgres({ dataDir, log })
  t.teardown(() => postgres.stop())
  t.equal(postgres.adopted, true)
  t.equal(postgres.port, orphaned.port)
  t.equal(await one(postgres.superuserUrl, 'SELECT answer FROM kept'), 1)
  await postgres.stop()
  t.notOk(isAlive(orphaned.postmaster), 'stop() ends an adopted postmaster too')
})

t.test('an orphan with other settings is replaced', async (t) => {
  const dataDir = await temporaryFolder(t)
  const orphaned = await orphanPostgres(dataDir)
  const warnings: string[] = []
  const postgres = await startPostgres({
    dataDir,
    settings: { max_connections: '50' },
    log: { info: () => {}, warn: (message) => warnings.push(message) },
  })
  t.teardown(() => postgres.stop())
  t.equal(postgres.adopted, false)
  t.notOk(isAlive(orphaned.postmaster))
  t.match(warnings, [String(orphaned.postmaster)])
  t.equal(await one(postgres.superuserUrl, 'SHOW max_connections'), '50')
  await postgres.stop()
})

t.test('when Postgres was killed too, committed rows are recovered', async (t) => {
  const dataDir = await temporaryFolder(t)
  const orphaned = await orphanPostgres(dataDir)
  await one(orphaned.superuserUrl, 'CREATE TABLE kept AS SELECT 1 AS answer')
  process.kill(orphaned.postmaster, 'SIGKILL')
  const postgres = await startPostgres({ dataDir, log })
  t.teardown(() => postgres.stop())
  t.equal(postgres.adopted, false)
  t.equal(await one(postgres.superuserUrl, 'SELECT answer FROM kept'), 1)
  await postgres.stop()

  const stale = join(dataDir, 'cluster', 'postmaster.pid')
  await writeFile(stale, `${process.pid}\n${join(dataDir, 'cluster')}\n0\n${orphaned.port}\n\n127.0.0.1\n\nready\n`)
  const again = await startPostgres({ dataDir, log })
  t.teardown(() => again.stop())
  t.equal(again.adopted, false, "a stranger's process id is neither adopted nor stopped")
  await again.stop()
})
