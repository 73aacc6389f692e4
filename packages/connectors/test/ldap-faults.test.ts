import { setTimeout as wait } from 'node:timers/promises'
import { type Connector, ConnectorError, connectors, type Page, type SourceRecord } from '@muster/connectors'
import { connectorChecks, samplePopulation } from '@muster/connectors/conformance'
import {
  type FakeLdapOptions,
  fakeLdapBase,
  fakeLdapBind,
  fakeLdapConfig,
  fakeLdapSubject,
  startFakeLdap,
} from '@muster/testkit/fake-ldap'
import { Client } from 'ldapts'
import t, { type Test } from 'tap'
import { sourceContext } from './support/source-context.ts'

const definition = connectors.LDAP
if (definition === undefined) throw new Error('there is no LDAP connector')
const ldap = definition
const subject = fakeLdapSubject(ldap)

t.test(subject.name, async (t) => {
  for (const check of connectorChecks) {
    await t.test(check.name, { skip: check.lackOf(subject) ?? false }, () => check.run(subject))
  }
})

/** A server with people and one group of all of them, and a connector that reads it. */
async function started(
  t: Test,
  {
    people = 7,
    config = {},
    ...options
  }: Partial<FakeLdapOptions> & { people?: number; config?: Record<string, unknown> } = {},
) {
  const server = await startFakeLdap({ flavour: 'activeDirectory', bind: fakeLdapBind, ...options })
  const base = fakeLdapBase
  server.tree.put({ dn: base, attributes: { objectClass: ['domain'] } })
  const dns = Array.from({ length: people }, (_, index) => `cn=${index},${base}`)
  for (const [index, dn] of dns.entries()) {
    const attributes = {
      objectClass: ['user'],
      objectCategory: ['person'],
      sAMAccountName: [`u${index}`],
      cn: [`${index}`],
    }
    server.tree.put({ dn, attributes: { ...attributes, mail: index === 0 ? ['a@acme.test', 'b@acme.test'] : [] } })
  }
  server.tree.put({ dn: `cn=all,${base}`, attributes: { objectClass: ['group'], cn: ['all'], member: dns } })
  t.teardown(() => server.close())
  const abort = new AbortController()
  const { context } = sourceContext(t, { signal: abort.signal })
  const connector = await ldap.open(fakeLdapConfig(server, { pageSize: 3, ...config }), context)
  const client = new Client({ url: `ldap://${server.host}:${server.port}`, timeout: 20_000 })
  t.teardown(async () => {
    await connector.close()
    await client.unbind().catch(() => undefined)
  })
  return { server, connector, client, base, abort }
}

async function read(connector: Connector) {
  const records: SourceRecord[] = []
  let complete: Page['complete']
  try {
    for await (const page of connector.snapshot()) {
      records.push(...page.upsert)
      complete = page.complete
    }
    return { records, complete, error: undefined }
  } catch (error) {
    return { records, complete, error: error as ConnectorError }
  }
}

const users = (records: readonly SourceRecord[]) => records.filter((record) => record.kind === 'user')
const people = { scope: 'sub', filter: '(objectCategory=person)', paged: { pageSize: 3 } } as const

t.test('every paged search of a snapshot is a place for faults', async (t) => {
  const source = await subject.prepare(samplePopulation())
  const { outbound, config, faultPlaces } = source
  const connector = await ldap.open(config, { ...sourceContext(t).context, outbound })
  t.teardown(() => connector.close().then(source.close))
  await source.inject('busy', faultPlaces)
  t.equal((await read(connector)).complete, undefined)
  await source.inject('busy', faultPlaces + 1)
  t.equal((await read(connector)).complete, 'all', 'there is no other behind the last')
})

t.test('an empty page with a cookie is not the end, as it is for the library', async (t) => {
  const { server, connector, client, base } = await started(t)
  await client.bind(fakeLdapBind.dn, fakeLdapBind.password)
  server.script({ at: 2, does: 'emptyPage' })
  t.equal((await client.search(base, people)).searchEntries.length, 3, 'the library stops behind the first page')
  for (let at = 1; at <= server.searches() + 3; at += 1) {
    server.script({ at, does: 'emptyPage' })
    const { records, complete } = await read(connector)
    t.equal(complete, 'all')
    t.equal(users(records).length, 7, `everybody is there, with an empty page at ${at}`)
  }
})

t.test('limits of the server are no end, as they are for the library', async (t) => {
  const { server, connector, client, base } = await started(t)
  await client.bind(fakeLdapBind.dn, fakeLdapBind.password)
  const { searchEntries } = await client.search(base, { scope: 'sub', filter: '(objectCategory=person)', sizeLimit: 2 })
  t.equal(searchEntries.length, 2, 'the library takes a part for the whole')
  const failures = {
    3: 'incomplete',
    4: 'incomplete',
    11: 'incomplete',
    50: 'permission',
    51: 'unavailable',
    52: 'unavailable',
    53: 'unavailable',
  }
  for (const [code, failure] of Object.entries(failures)) {
    server.script({ at: 3, does: { code: Number(code), entries: 1 } })
    const { complete, error } = await read(connector)
    t.equal(complete, undefined)
    t.equal(error?.code, failure, `result ${code}`)
  }
})

t.test('a group that comes in ranges is read whole', async (t) => {
  const { server, connector, client, base } = await started(t, {
    people: 620,
    rangeSize: 250,
    config: { pageSize: 1_000 },
  })
  await client.bind(fakeLdapBind.dn, fakeLdapBind.password)
  const { searchEntries } = await client.search(`cn=all,${base}`, { scope: 'base', attributes: ['member'] })
  t.match(searchEntries[0], { member: [] }, 'the library shows no members')
  const { records } = await read(connector)
  t.equal(new Set(records.flatMap((one) => (one.kind === 'membership' ? JSON.stringify(one.member) : []))).size, 620)
  for (const does of [{ without: 'member' }, { code: 51 }, 'close', 'garbage'] as const) {
    server.script({ of: 'ranges', at: 2, does })
    const { complete, error } = await read(connector)
    t.equal(complete, undefined, 'a group that was read in part ends the round')
    t.ok(error instanceof ConnectorError && error.mayPass, 'by an error that may pass')
  }
})

t.test('one value, several and none', async (t) => {
  const { connector } = await started(t)
  const [first, second] = users((await read(connector)).records)
  t.match(first, { emails: [{ value: 'a@acme.test' }, { value: 'b@acme.test' }] })
  t.match(first?.attributes, { mail: ['a@acme.test', 'b@acme.test'], sAMAccountName: 'u0' })
  t.same(second?.emails, [])
  t.notOk('mail' in (second?.attributes ?? {}), 'what an entry does not have is not in its document')
})

t.test('a connection that ends is not made again as nobody', async (t) => {
  const { server, connector, client, base } = await started(t)
  await client.bind(fakeLdapBind.dn, fakeLdapBind.password)
  server.script({ at: 1, does: 'close' })
  await t.rejects(client.search(base, people))
  t.same((await client.search(base, people)).searchEntries, [], 'the library connects again and is shown nothing')
  const failures = {
    close: 'interrupted',
    reset: 'interrupted',
    anonymous: 'interrupted',
    notice: 'unavailable',
    garbage: 'protocol',
  } as const
  for (const [does, failure] of Object.entries(failures)) {
    for (const at of [1, 2, 4, 5]) {
      server.script({ at, does: does as keyof typeof failures })
      const { complete, error } = await read(connector)
      t.equal(complete, undefined)
      t.equal(error?.code, failure, `${does} at ${at}`)
    }
  }
  t.equal(server.searches(), 5, 'nothing is asked behind the failure')
})

t.test('an answer that never comes is a timeout', async (t) => {
  const { server, connector } = await started(t, { config: { timeoutSeconds: 1 } })
  server.script({ at: 3, does: 'hang' })
  t.match((await read(connector)).error, { code: 'timeout' })
})

t.test('StartTLS that is accepted and never begins', async (t) => {
  const { connector } = await started(t, { startTls: 'dropped', config: { startTls: true } })
  const { error } = await read(connector)
  t.ok(error instanceof ConnectorError && error.mayPass, 'a dropped connection may pass')
  const { connector: waiting, server, abort } = await started(t, { startTls: 'silent', config: { startTls: true } })
  const round = read(waiting)
  while (server.startTlsAccepted() === 0) await wait(5)
  abort.abort()
  t.match((await round).error, { code: 'interrupted' }, 'an abort ends the waiting')
  const { connector: refused } = await started(t, { config: { startTls: true } })
  t.match((await read(refused)).error, { code: 'configuration' }, 'there is no going on without')
})

t.test('references to other servers are not left out in silence', async (t) => {
  const { server, connector } = await started(t)
  server.script({ at: 2, does: 'reference' })
  t.match((await read(connector)).error, { code: 'incomplete' })
  server.script({ at: 2, does: { code: 10 } })
  t.match((await read(connector)).error, { code: 'incomplete' })
  const { server: other, connector: content } = await started(t, { config: { referrals: 'ignore' } })
  other.script({ at: 2, does: 'reference' })
  t.equal((await read(content)).complete, 'all', 'unless somebody said so')
})

t.test('a server that does not know who somebody is', async (t) => {
  const { connector } = await started(t, { whoAmI: false })
  const { records, complete } = await read(connector)
  t.equal(complete, 'all')
  t.equal(users(records).length, 7)
})
