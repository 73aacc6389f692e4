import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { runProgram } from './run-program.ts'
import {
  databaseFolder,
  defaultSuffix,
  manager,
  rootEntryFile,
  type SlapdOptions,
  slapdConfiguration,
} from './slapd-configuration.ts'
import { pathOf } from './slapd-programs.ts'
import { createAuthority } from './test-authority.ts'

const startMilliseconds = 30_000
const attemptMilliseconds = 20

/** A real OpenLDAP of a test's own, on the loopback. */
export interface Slapd {
  host: '127.0.0.1'
  /** LDAP, also with StartTLS. */
  port: number
  /** LDAPS. */
  securePort: number
  suffix: string
  /** Who may do everything. */
  managerDN: string
  managerPassword: string
  /** PEM of the authority behind its certificate. */
  caCertificate: string
  /** Carries out changes, as LDIF with `changetype`. */
  change(ldif: string): Promise<void>
  stop(): Promise<void>
  /** Starts it again on the same ports; with another tree when one is given. */
  start(ldif?: string): Promise<void>
}

/** Starts slapd as whoever runs the test. It ends with the test. */
export async function startSlapd(t: { teardown(end: () => unknown): void }, options: SlapdOptions): Promise<Slapd> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-slapd-'))
  const suffix = options.suffix ?? defaultSuffix
  const configuration = join(folder, 'slapd.conf')
  const authority = await createAuthority(folder)
  await writeFile(configuration, slapdConfiguration(folder, options, authority))
  await writeFile(rootEntryFile(folder), ['dn:', ...(options.rootEntry ?? []), ''].join('\n'))
  const [port, securePort] = await freePorts()
  const urls = `ldap://127.0.0.1:${port} ldaps://127.0.0.1:${securePort}`
  const managerDN = `${manager.name},${suffix}`
  let process: ChildProcess | undefined

  async function load(ldif: string): Promise<void> {
    await rm(databaseFolder(folder), { recursive: true, force: true })
    await mkdir(databaseFolder(folder))
    if (ldif !== '') await runProgram('slapadd', ['-q', '-f', configuration], ldif)
  }
  async function stop(): Promise<void> {
    if (process === undefined || process.exitCode !== null || process.signalCode !== null) return
    const ended = once(process, 'exit')
    process.kill('SIGTERM')
    await ended
  }
  async function start(ldif?: string): Promise<void> {
    await stop()
    if (ldif !== undefined) await load(ldif)
    // -d keeps it in the foreground, with nothing to say.
    process = spawn(pathOf('slapd'), ['-d', '0', '-f', configuration, '-h', urls], { stdio: 'ignore' })
    await answering(port, process)
  }
  t.teardown(async () => {
    await stop()
    await rm(folder, { recursive: true, force: true })
  })
  await start(options.ldif)
  return {
    host: '127.0.0.1',
    port,
    securePort,
    suffix,
    managerDN,
    managerPassword: manager.password,
    caCertificate: authority.caCertificate,
    change: (ldif) =>
      runProgram('ldapmodify', ['-x', '-H', `ldap://127.0.0.1:${port}`, '-D', managerDN, '-w', manager.password], ldif),
    stop,
    start,
  }
}

async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()]
  const [first = 0, second = 0] = await Promise.all(
    servers.map(async (server) => {
      await once(server.listen(0, '127.0.0.1'), 'listening')
      return (server.address() as AddressInfo).port
    }),
  )
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return [first, second]
}

async function answering(port: number, process: ChildProcess): Promise<void> {
  const end = Date.now() + startMilliseconds
  while (Date.now() < end) {
    if (process.exitCode !== null) throw new Error(`slapd ended at once, with ${process.exitCode}`)
    const socket = connect(port, '127.0.0.1')
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isThere) return
    await delay(attemptMilliseconds)
  }
  throw new Error('slapd did not start in time')
}
