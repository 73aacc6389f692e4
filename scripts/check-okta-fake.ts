/**
 * `node scripts/check-okta-fake.ts <Okta's OpenAPI description> [prism]`: whether what the connector for Okta asks and what the
 * fake organization answers is as Okta describes it. The connector reads the fake, and every request of it is sent once
 * more through `prism proxy --errors` (npm package @stoplight/prism-cli, found on PATH or named). No part of `make test`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { type Checkpoint, connectors } from '@muster/connectors'
import { recordingLogger, samplePopulation } from '@muster/connectors/conformance'
import { createOutbound } from '@muster/runtime/outbound/outbound'
import { type FakeOkta, startFakeOkta } from '@muster/testkit/fake-okta'

const [description, prism = 'prism'] = process.argv.slice(2)
const startMillisecondsMax = 60_000

interface Violation {
  request: string
  status: number
  says: string
}

/** Users of every kind and groups, of which some have changed and some are gone. */
function fill(okta: FakeOkta): void {
  const { directory } = okta
  directory.populate(samplePopulation(13))
  const profile = {
    department: 'Research',
    employeeNumber: '17',
    countryCode: 'NO',
    mobilePhone: '+47 1',
    secondEmail: null,
  }
  directory.addUser({
    userName: 'jane@acme.test',
    displayName: 'Jane Doe',
    profile,
    managerId: directory.idOf('u-00000'),
  })
  for (const [index, status] of ['STAGED', 'PROVISIONED', 'LOCKED_OUT', 'DEPROVISIONED'].entries()) {
    okta.setStatus(directory.idOf(`u-0000${index + 3}`), status)
  }
  okta.logIn(directory.idOf('u-00000'))
  directory.removeUser(directory.idOf('u-00009'))
  directory.removeGroup(directory.idOf('g-department'))
}

/** Every request of a test, a snapshot and a delta, each once. */
async function requestsOfConnector(okta: FakeOkta): Promise<string[]> {
  const outbound = createOutbound({ allowedHosts: [okta.host] })
  const context = {
    outbound,
    signal: new AbortController().signal,
    logger: recordingLogger([]),
    onThrottled: () => undefined,
  }
  const config = { ...okta.config, pageSize: 5, includeDeprovisioned: true, includeEveryone: true }
  const connector = await connectors.OKTA?.open(config, context)
  if (connector?.delta === undefined) throw new Error('The connector for Okta has no delta')
  await connector.check()
  let checkpoint = '' as Checkpoint
  for await (const page of connector.snapshot()) checkpoint = page.checkpoint
  for await (const page of connector.delta(checkpoint)) checkpoint = page.checkpoint
  await connector.close()
  await outbound.close()
  return [...new Set(okta.asked)].map((request) => request.replace(/^GET /, ''))
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function startPrism(file: string, upstream: string): Promise<{ origin: string; process: ChildProcess }> {
  const port = await freePort()
  const args = ['proxy', file, upstream, '--errors', '--port', String(port)]
  const child = spawn(prism, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  child.once('error', (error) => {
    throw error
  })
  const origin = `http://127.0.0.1:${port}`
  const deadline = Date.now() + startMillisecondsMax
  while (child.exitCode === null && Date.now() < deadline) {
    if ((await fetch(origin).catch(() => undefined)) !== undefined) return { origin, process: child }
    await delay(100)
  }
  child.kill()
  throw new Error('Prism does not answer')
}

/** What Prism finds wrong with a request or its answer; undefined when that is nothing. */
async function violationOf(origin: string, request: string, authorization: string): Promise<Violation | undefined> {
  const answer = await fetch(`${origin}${request}`, { headers: { accept: 'application/json', authorization } })
  const text = await answer.text()
  const violations = answer.headers.get('sl-violations')
  const isPrisms = answer.headers.get('content-type')?.includes('problem+json') === true
  if (violations === null && !isPrisms) return undefined
  return { request, status: answer.status, says: violations ?? text }
}

async function check(file: string): Promise<Violation[]> {
  const okta = await startFakeOkta({ pageSizeMax: 200 })
  fill(okta)
  const requests = await requestsOfConnector(okta)
  const { origin, process: child } = await startPrism(file, okta.origin)
  const found: (Violation | undefined)[] = []
  const genuine = `SSWS ${okta.config.apiToken}`
  try {
    for (const request of requests) found.push(await violationOf(origin, request, genuine))
    const [users = '', groups = ''] = requests.filter((request) => /^\/api\/v1\/(users|groups)\?/.test(request))
    found.push(await violationOf(origin, '/api/v1/groups/00gNobody/users?limit=5', genuine))
    okta.deny()
    for (const request of [users, groups]) found.push(await violationOf(origin, request, genuine))
  } finally {
    child.kill()
    await okta.close()
  }
  process.stdout.write(`${found.length} requests\n`)
  return found.filter((one) => one !== undefined)
}

if (description === undefined) {
  process.stderr.write('Say where the description is.\n')
  process.exit(2)
}
const violations = await check(description)
for (const { request, status, says } of violations) process.stdout.write(`${status} ${request}\n  ${says}\n`)
process.exitCode = violations.length === 0 ? 0 : 1
