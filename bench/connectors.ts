/**
 * What connectors cost. First each one opened in a process of its own, which loads its SDK and nothing else: how long that takes, and what
 * memory it adds. Then a directory of 100,000 users, 200 groups and 20,000 memberships, read from a fake of each vendor: as fast
 * as it goes, and with one request in ten refused, with and without a word of how long to wait.
 * USERS=n, ROUNDS=n (of opening), TYPES=AWS_DIRECTORY,OKTA for some of them.
 * Run: make bench BENCH=connectors (some ten minutes: most of it is waiting); results/connectors.md has the figures of one.
 */
import { fork } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { type ConnectorType, connectors } from '@muster/connectors'
import type { ConnectorOrder, ConnectorReport } from './support/connector-process.ts'
import { fakeSources, fill, type Throttling } from './support/fake-sources.ts'
import { printTable } from './support/measure.ts'

const users = Number(process.env.USERS ?? 100_000)
const rounds = Number(process.env.ROUNDS ?? 5)
const types = (process.env.TYPES?.split(',') ?? Object.keys(connectors)) as ConnectorType[]
const population = { users, groups: 200, members: 100 }
/** What the poller is started with. */
const memory = ['--max-semi-space-size=16', '--max-old-space-size=384']

async function inProcess(order: ConnectorOrder): Promise<ConnectorReport> {
  const child = fork(`${import.meta.dirname}/support/connector-process.ts`, {
    execArgv: ['--expose-gc', ...memory],
    env: { PATH: process.env.PATH },
  })
  const exited = once(child, 'exit')
  child.send(order)
  const [report] = await Promise.race([once(child, 'message'), exited.then(() => [undefined])])
  if (report === undefined) throw new Error(`The process that reads ${order.type} has ended`)
  await exited
  return report as ConnectorReport
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** A configuration that opens; nothing is called. */
async function configOf(type: ConnectorType): Promise<Record<string, unknown>> {
  if (type === 'LDAP') return { host: '127.0.0.1', bindDN: 'cn=a,dc=x', bindPassword: 'b', baseDN: 'dc=x' }
  const source = await fakeSources[type]?.start({})
  await source?.close()
  if (type !== 'GOOGLE_WORKSPACE') return source?.config ?? {}
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  return { ...source?.config, privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) }
}

async function openEach(): Promise<void> {
  const rows = [['opened', 'takes', 'adds', 'process']]
  for (const type of types) {
    const config = await configOf(type)
    const reports: ConnectorReport[] = []
    for (let round = 0; round < rounds; round++) reports.push(await inProcess({ type, config, read: false }))
    const of = (pick: (report: ConnectorReport) => number) => median(reports.map(pick))
    rows.push([
      type,
      `${of(({ openMilliseconds }) => openMilliseconds).toFixed(0)} ms`,
      `${of(({ megabytesOpen, megabytesBefore }) => megabytesOpen - megabytesBefore).toFixed(0)} MB`,
      `${of(({ megabytesOpen }) => megabytesOpen).toFixed(0)} MB`,
    ])
  }
  printTable(rows)
}

/** How a source refuses: not at all, without a word, and asking for a second where it can. */
function throttlingsOf(says: 'seconds' | 'reset' | 'nothing'): [name: string, throttling: Throttling][] {
  const one = { throttleEvery: 10 }
  const refused: [string, Throttling] = [says === 'reset' ? 'one in ten, 1 s' : 'one in ten', one]
  const asking: [string, Throttling][] =
    says === 'seconds' ? [['one in ten, 1 s', { ...one, retryAfterSeconds: 1 }]] : []
  return [['none', {}], refused, ...asking]
}

async function readEach(): Promise<void> {
  const rows = [['read', 'refused', 'users', 'edges', 'requests', 'waits', 'waited', 'seconds', 'at most']]
  for (const type of types) {
    const kind = fakeSources[type]
    if (kind === undefined) continue
    for (const [name, throttling] of throttlingsOf(kind.says)) {
      const source = await kind.start(throttling)
      fill(source.directory, population)
      const report = await inProcess({ type, config: source.config, read: true })
      const counts = [report.users, report.edges, source.asked.length, report.waits].map(String)
      const times = [`${report.waitSeconds.toFixed(0)} s`, report.seconds.toFixed(1)]
      rows.push([type, name, ...counts, ...times, `${report.peakMegabytes.toFixed(0)} MB`])
      await source.close()
    }
  }
  printTable(rows)
}

await openEach()
process.stdout.write('\n')
await readEach()
