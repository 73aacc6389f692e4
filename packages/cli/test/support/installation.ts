import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { processIdentity } from '../../src/process-identity.ts'

export const program = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
export interface Site {
  dataDir: string
  ports: number[]
  environment: NodeJS.ProcessEnv
}

export interface Running {
  child: ChildProcess
  banner: string
  /** Resolves with the exit code and all that was said. */
  end: Promise<{ code: number | null; said: string }>
}

export async function makeSite(t: Test): Promise<Site> {
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

export async function findFreePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => Number(Object(server.address()).port))
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

/** Starts `muster up` and waits for its banner, or for its end if that comes first. */
export async function up(t: Test, { environment }: Site): Promise<Running> {
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

export async function readConnection({ dataDir }: Site): Promise<Record<string, string>> {
  return JSON.parse(await readFile(join(dataDir, 'connection.json'), 'utf8'))
}

export async function readPostmaster({ dataDir }: Site): Promise<number> {
  return Number.parseInt(await readFile(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8'), 10)
}

/** The services have let go of their ports, and Postgres has ended. */
export async function assertNothingLeft(t: Test, { ports }: Site, postmaster: number): Promise<void> {
  for (const port of ports) await t.rejects(fetch(`http://127.0.0.1:${port}/healthz`), `nobody listens on ${port}`)
  t.equal(await processIdentity(postmaster), undefined, 'Postgres has ended')
}

export async function findService({ child }: Running, name: string): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=,args=', '--ppid', String(child.pid)])
  return Number.parseInt(stdout.split('\n').find((line) => line.includes(`services/${name}/`)) ?? '', 10)
}

/** Runs the nth command of the banner as a person would: pasted into a shell. */
export async function paste(banner: string, nth: number): Promise<string> {
  const commands = banner.match(/^ {2}curl (?:.*\\\n)*.*/gm) ?? []
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', commands[nth] ?? 'exit 9'])
  return stdout
}

export async function run(site: Site, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, [program, ...args], { env: site.environment }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  )
}

/** For tests that delete more within a minute than a guard lets go. */
export async function switchGuardOff({
  adminUrl,
  organizationId,
  operatorKey,
}: Record<string, unknown>): Promise<void> {
  const answer = await fetch(`${adminUrl}/api/organizations/${organizationId}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${operatorKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ guard: { users: 'off', groups: 'off', memberships: 'off' } }),
  })
  if (!answer.ok) throw new Error(`The guard stays on: ${answer.status} ${await answer.text()}`)
}
