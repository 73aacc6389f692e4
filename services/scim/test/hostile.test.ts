import fc from 'fast-check'
import t, { type Test } from 'tap'
import { filter, id, parameters, patch, resource } from './support/arbitraries.ts'
import { eventsOf, startInstallation, type TestDirectory } from './support/installation.ts'
import { isConsistent } from './support/is-consistent.ts'
import { type Answer, urns } from './support/scim-client.ts'

const isLong = process.env.MUSTER_LONG === '1'
const seed = Number(process.env.MUSTER_SEED ?? 20_261_121)
const runs = isLong ? 20_000 : 300
const builtIns = [Object.prototype, Array.prototype, String.prototype, Function.prototype]
const namesOfBuiltIns = () => builtIns.map((prototype) => Reflect.ownKeys(prototype).map(String))
const untouched = namesOfBuiltIns()

const messages: readonly (string | undefined)[] = [urns.error, urns.list, urns.user, urns.group]

/** Why an answer is not one that SCIM knows; undefined when it is fine. */
function objection({ status, headers, text, body }: Answer): string | undefined {
  if (status >= 500) return `${status}: ${text}`
  if (status === 204) return text === '' ? undefined : 'a 204 with a body'
  if (headers.get('content-type') !== 'application/scim+json; charset=utf-8') return 'another content type'
  if (!messages.includes(body.schemas?.[0])) return `no message of SCIM: ${text.slice(0, 200)}`
  if (status >= 400 && body.status !== String(status)) return 'an error that does not say its status'
  return undefined
}

/** Sends what is generated; the first answer that is not right fails the test, with the seed and what led to it. */
function attack<T>(t: Test, name: string, arbitrary: fc.Arbitrary<T>, send: (input: T) => Promise<Answer[]>) {
  return t.test(`${name} (seed ${seed})`, { timeout: isLong ? 3_600_000 : 100_000 }, async (t) => {
    let [answers, accepted] = [0, 0]
    const property = fc.asyncProperty(arbitrary, async (input) => {
      for (const answer of await send(input)) {
        answers++
        if (answer.status < 400) accepted++
        const problem = objection(answer)
        if (problem !== undefined) throw new Error(problem)
      }
    })
    const outcome = await fc.check(property, { seed, numRuns: runs })
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

    await attack(t, 'filters', filter, (text) =>
      Promise.all(['/Users', '/Groups'].map((at) => client.find(at, text.toWellFormed()))),
    )
    await attack(t, 'parameters', parameters, async (query) => {
      const encoded = new URLSearchParams(query).toString()
      return Promise.all(
        ['/Users', '/Groups', `/Users/${user}`, `/Groups/${group}`].map((at) => client.get(`${at}?${encoded}`)),
      )
    })
    await attack(t, 'ids', fc.oneof(id, fc.constant(user)), async (at) =>
      Promise.all([client.get(`/Users/${at}`), client.get(`/Groups/${at}/`), client.get(`/Schemas/${at}`)]),
    )
    await attack(t, 'resources', resource, async (body) => [
      await client.send('POST', '/Users', body),
      await client.send('POST', '/Groups', body),
      await client.send('PUT', `/Users/${user}`, body),
      await client.send('PUT', `/Groups/${group}`, body),
    ])
    await attack(t, 'patches', patch, async (body) => {
      const message = withSchema(body)
      return Promise.all([
        client.send('PATCH', `/Users/${user}`, message),
        client.send('PATCH', `/Groups/${group}?attributes=members`, message),
      ])
    })
    t.ok((await eventsOf(installation.database, scope)).length > 3)
    await isConsistent(t, installation.database, scope)
  })
}

/** The strict profile wants it. */
function withSchema(body: unknown): unknown {
  const isPatch = typeof body === 'object' && body !== null && 'Operations' in body
  return isPatch ? { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], ...body } : body
}
