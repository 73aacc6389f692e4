import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startPostgres } from '@muster/embedded-postgres'
import { provisionDatabase } from '@muster/repository'
import t, { type Test } from 'tap'
import { processIdentity } from '../src/process-identity.ts'

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const connectionNames = ['adminUrl', 'databaseUrl', 'directoryId', 'migrationDatabaseUrl', 'operatorKey']
  .concat(['organizationId', 'scimBaseUrl', 'scimToken'])
  .sort()

interface Site {
  dataDir: string
  ports: number[]
  environment: NodeJS.ProcessEnv
}

interface Running {
  child: ChildProcess
  banner: string
  /** Resolves with the exit code and all that was said. */
  end: Promise<{ code: number | null; said: string }>
}

async function makeSite(t: Test): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-up-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const ports = await findFreePorts(3)
  const [SCIM_PORT, ADMIN_PORT, POLLER_PORT] = ports.map(String)
  const dataDir = join(folder, 'data')
  return {
    dataDir,
    ports,
    environment: { PATH: process.env.PATH, MUSTER_DATA_DIR: dataDir, SCIM_PORT, ADMIN_PORT, POLLER_PORT },
  }
}

async function findFreePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => Number(Object(server.address()).port))
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

/** Starts `muster up` and waits for its banner, or for its end if that comes first. */
async function up(t: Test, { environment }: Site): Promise<Running> {
  const child = spawn(process.execPath, [program, 'up'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let banner = ''
  let said = ''
  child.stderr.on('data', (text) => (said += text))
  child.stdout.on('data', (text) => (banner += text))
  const end = once(child, 'close').then(([code]) => ({ code, said }))
  t.teardown(async () => {
    child.kill('SIGTERM')
    await end
  })
  while (!banner.includes('Ctrl-C') && child.exitCode === null) {
    await Promise.race([once(child.stdout, 'data'), end])
  }
  return { child, banner, end }
}

async function readConnection({ dataDir }: Site): Promise<Record<string, string>> {
  return JSON.parse(await readFile(join(dataDir, 'connection.json'), 'utf8'))
}

async function readPostmaster({ dataDir }: Site): Promise<number> {
  return Number.parseInt(await readFile(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8'), 10)
}

/** The services have let go of their ports, and Postgres has ended. */
async function assertNothingLeft(t: Test, { ports }: Site, postmaster: number): Promise<void> {
  for (const port of ports) await t.rejects(fetch(`http://127.0.0.1:${port}/healthz`), `nobody listens on ${port}`)
  t.equal(await processIdentity(postmaster), undefined, 'Postgres has ended')
}

async function findService({ child }: Running, name: string): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=,args=', '--ppid', String(child.pid)])
  return Number.parseInt(stdout.split('\n').find((line) => line.includes(`services/${name}/`)) ?? '', 10)
}

/** Runs the nth command of the banner as a person would: pasted into a shell. */
async function paste(banner: string, nth: number): Promise<string> {
  const commands = banner.match(/^ {2}curl (?:.*\\\n)*.*/gm) ?? []
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', commands[nth] ?? 'exit 9'])
  return stdout
}

async function run(site: Site, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, [program, ...args], { env: site.environment }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  )
}

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

t.test('killed without warning, it starts again on the same data', async (t) => {
  const site = await makeSite(t)
  const killed = await up(t, site)
  const connection = await readConnection(site)
  const orphan = await readPostmaster(site)
  killed.child.kill('SIGKILL')
  await killed.end
  t.ok(await processIdentity(orphan), 'Postgres outlives it')

  const adopting = await up(t, site)
  t.same(await readConnection(site), connection)
  t.equal(await readPostmaster(site), orphan, 'and is adopted')
  adopting.child.kill('SIGKILL')
  await adopting.end
  process.kill(orphan, 'SIGKILL')

  const recovering = await up(t, site)
  t.same(await readConnection(site), connection)
  const users = await fetch(`${connection.scimBaseUrl}/Users`, {
    headers: { authorization: `Bearer ${connection.scimToken}` },
  })
  t.equal(users.status, 200)
  const postmaster = await readPostmaster(site)
  recovering.child.kill('SIGTERM')
  t.match(await recovering.end, { code: 0 })
  await assertNothingLeft(t, site, postmaster)
})

t.test('when a part of it fails, all of it ends and says why', async (t) => {
  const site = await makeSite(t)
  const squatter = createServer().listen(site.ports[1], '127.0.0.1')
  await once(squatter, 'listening')
  const blocked = await up(t, site)
  t.match(await blocked.end, { code: 1, said: `port ${site.ports[1]} (ADMIN_PORT) already in use` })
  squatter.close()

  const running = await up(t, site)
  const postmaster = await readPostmaster(site)
  process.kill(await findService(running, 'scim'), 'SIGKILL')
  t.match(await running.end, { code: 1, said: /scim service ended unexpectedly \(signal SIGKILL\)/ })
  await assertNothingLeft(t, site, postmaster)

  const stubborn = await up(t, site)
  const stubbornPostmaster = await readPostmaster(site)
  process.kill(await findService(stubborn, 'admin'), 'SIGSTOP')
  stubborn.child.kill('SIGINT')
  await sleep(500)
  stubborn.child.kill('SIGINT')
  t.match(await stubborn.end, { code: 130 }, 'the second signal waits for nobody')
  while (await processIdentity(stubbornPostmaster)) await sleep(50)
  await assertNothingLeft(t, site, stubbornPostmaster)

  const starting = spawn(process.execPath, [program, 'up'], { env: site.environment, stdio: 'ignore' })
  await sleep(600)
  starting.kill('SIGINT')
  const [code] = await once(starting, 'exit')
  t.equal(code, 0, 'interrupting the start is no failure')
  await assertNothingLeft(t, site, postmaster)
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
