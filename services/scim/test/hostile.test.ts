import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isLong, seedElse, times } from '@muster/testkit/effort'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { bulk, filter, headers, id, parameters, patch, resource, search } from './support/arbitraries.ts'
import { eventsOf, startInstallation, type TestDirectory } from './support/installation.ts'
import { isConsistent } from './support/is-consistent.ts'
import { type Answer, call, urns } from './support/scim-client.ts'

/**
 * Hostile requests over real keep-alive connections, several at a time: what the framework, the routes, the database
 * and the answers make of them. A request costs a hundred times what a call of the pure functions costs, so the bulk of
 * the hostile input goes to those, in hostile-functions.test.ts: 30,000 inputs there and 4,500 requests here,
 * 900,000 and 100,000 with MUSTER_LONG=1.
 */
const seed = seedElse(20_261_121)
const batches = times(15, 334)
const inputsAtOnce = 6
const builtIns = [Object.prototype, Array.prototype, String.prototype, Function.prototype]
const namesOfBuiltIns = () => builtIns.map((prototype) => Reflect.ownKeys(prototype).map(String))
const untouched = namesOfBuiltIns()

const mediaTypes = ['application/scim+json; charset=utf-8', 'application/json; charset=utf-8']
/** Answers to conditional requests, and to those that want no body. */
const withoutBody = [200, 201, 204, 304]

/** Why an answer is not one that SCIM knows; undefined when it is fine. */
function objection({ status, headers, text, body }: Answer): string | undefined {
  if (status >= 500 && status !== 501) return `${status}: ${text}`
  if (text === '') return withoutBody.includes(status) ? undefined : `a ${status} without a body`
  if (!mediaTypes.includes(headers.get('content-type') ?? '')) return 'another content type'
  if (!body.schemas?.[0]?.startsWith('urn:ietf:params:scim:')) return `no message of SCIM: ${text.slice(0, 200)}`
  if (status >= 400) {
    const isError = body.schemas[0] === urns.error && body.status === String(status)
    return isError ? undefined : `not the error it is: ${text.slice(0, 200)}`
  }
  const operations = (body.Operations ?? []) as { status?: string }[]
  return operations.some((operation) => Number(operation.status ?? 500) >= 500) ? `within bulk: ${text}` : undefined
}

/** Sends what is generated; the first answer that is not right fails the test, with the seed and what led to it. */
function attack<T>(t: Test, name: string, arbitrary: fc.Arbitrary<T>, send: (input: T) => Promise<Answer>[]) {
  return t.test(`#21 #108 #109 #119 ${name} (seed ${seed})`, { timeout: isLong ? 3_600_000 : 100_000 }, async (t) => {
    let [answers, accepted] = [0, 0]
    const inputs = fc.array(arbitrary, { minLength: inputsAtOnce, maxLength: inputsAtOnce })
    const property = fc.asyncProperty(inputs, async (batch) => {
      for (const answer of await Promise.all(batch.flatMap(send))) {
        answers++
        if (answer.status < 400) accepted++
        const problem = objection(answer)
        if (problem !== undefined) throw new Error(problem)
      }
    })
    const outcome = await fc.check(property, { seed, numRuns: batches })
    const report = outcome.failed ? fc.defaultReportMessage(outcome) : ''
    t.equal(report, '', `${answers} answers, ${accepted} accepted`)
    t.ok(accepted > 0, 'not everything was refused at the door')
    t.same(namesOfBuiltIns(), untouched)
  })
}

for (const scimProfile of ['compatible', 'strict'] as const) {
  t.test(scimProfile, { timeout: isLong ? 36_000_000 : 110_000 }, async (t) => {
    const installation = await startInstallation(t)
    const scope = await installation.addOrganization('Acme')
    const directory: TestDirectory = await installation.addDirectory(scope, { scimProfile })
    const { client } = directory
    const user = await client.addUser('target', { emails: [{ value: 'target@acme.test', type: 'work' }] })
    const group = await client.addGroup('target', [user])
    const delays = monitorEventLoopDelay({ resolution: 5 })
    delays.enable()

    await attack(t, 'filters', filter, (text) =>
      ['/Users', '/Groups', ''].map((at) => client.find(at, text.toWellFormed())),
    )
    await attack(t, 'parameters', parameters, (query) => {
      const encoded = new URLSearchParams(query).toString()
      return ['/Users', '/Groups', '/', `/Users/${user}`, `/Groups/${group}`].map((at) =>
        client.get(`${at}?${encoded}`),
      )
    })
    await attack(t, 'searches', search, (body) =>
      ['/Users/.search', '/Groups/.search', '/.search'].map((at) => client.send('POST', at, body)),
    )
    await attack(t, 'ids', fc.oneof(id, fc.constant(user)), (at) =>
      [`/Users/${at}`, `/Groups/${at}/`, `/Schemas/${at}`, `/ResourceTypes/${at}`].map((path) => client.get(path)),
    )
    await attack(t, 'resources', resource, (body) => [
      client.send('POST', '/Users', body),
      client.send('POST', '/Groups', body),
      client.send('PUT', `/Users/${user}`, body),
      client.send('PUT', `/Groups/${group}`, body),
    ])
    await attack(t, 'patches', patch, (body) => [
      client.send('PATCH', `/Users/${user}`, withSchema(body)),
      client.send('PATCH', `/Groups/${group}?attributes=members`, withSchema(body)),
    ])
    await attack(t, 'bulks', bulk, (body) => [client.send('POST', '/Bulk', body)])
    await attack(t, 'headers', fc.tuple(headers, fc.constantFrom('GET', 'PUT', 'PATCH', 'POST')), ([more, method]) => {
      const body = method === 'GET' ? undefined : { schemas: [urns.user], userName: 'target' }
      const token = 'authorization' in more ? undefined : client.token
      return ['/Users', `/Users/${user}`, '/Nothing'].map((at) =>
        call(`${client.baseUrl}${at}`, method, { body, token, headers: more }),
      )
    })
    delays.disable()
    // Told, not asserted: the generators and the client live in this process, too, and pause with it.
    const pause = (nanoseconds: number) => `${Math.round(nanoseconds / 1e6)} ms`
    t.comment(`pauses of this process: ${pause(delays.percentile(99.9))} (99.9 %), at most ${pause(delays.max)}`)
    t.ok((await eventsOf(installation.database, scope)).length > 3)
    await isConsistent(t, installation.database, scope)
  })
}

/** The strict profile wants it. */
function withSchema(body: unknown): unknown {
  const isPatch = typeof body === 'object' && body !== null && 'Operations' in body
  return isPatch ? { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], ...body } : body
}
