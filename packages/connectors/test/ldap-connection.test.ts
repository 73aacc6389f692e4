import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { slapdIsMissing, startSlapd } from '@muster/testkit/slapd'
import t from 'tap'
import { fetchLdapUsers } from '../src/index.ts'
import { hear } from './support/hear.ts'
import { emptyTree, group, person, reader, suffix, userDn } from './support/ldap-tree.ts'
import { openLdap } from './support/open-ldap.ts'
import { openProxy } from './support/tcp-proxy.ts'

const skip = slapdIsMissing()
const users = Array.from({ length: 20 }, (_, index) => `user${index}`)
const tree = [emptyTree, ...users.map((uid) => person(uid)), group('all', users.map(userDn))].join('\n')

t.test('LDAPS and StartTLS, with certificates that are for the host', { skip }, async (t) => {
  const slapd = await startSlapd(t, { ldif: tree })
  const { caCertificate, securePort } = slapd
  const ways = {
    ssl: { ssl: true, port: securePort },
    startTls: { startTls: true, port: slapd.port },
  } as const
  const other = await startSlapd(t, { ldif: emptyTree })
  for (const [name, way] of Object.entries(ways)) {
    const trusting = await openLdap(t, slapd, { ...way, caCertificate })
    t.same(await trusting.check(), { userCount: 20, warnings: [] }, name)
    t.equal((await hear(trusting.snapshot())).users.length, 20)

    const named = await openLdap(t, slapd, { ...way, caCertificate, host: 'ldap.example.test' }, privately)
    t.equal((await named.check()).userCount, 20, 'a name that leads to an allowed address')
    const renamed = await openLdap(t, slapd, { ...way, caCertificate, tlsServerName: 'localhost' })
    t.equal((await renamed.check()).userCount, 20)

    const refused = async (config: Parameters<typeof openLdap>[2], message: RegExp) => {
      const connector = await openLdap(t, slapd, { ...way, ...config }, privately)
      await t.rejects(
        connector.check(),
        { name: 'ConnectorError', code: 'untrustedCertificate', message },
        String(message),
      )
    }
    await refused({}, /127\.0\.0\.1 is not trusted.*(UNABLE_TO|SELF_SIGNED)/)
    await refused({ caCertificate: other.caCertificate }, /UNABLE_TO|CERT_|SELF_SIGNED/)
    await refused({ caCertificate, host: 'other.example.test' }, /other\.example\.test: ERR_TLS_CERT_ALTNAME_INVALID/)
    await refused({ caCertificate, tlsServerName: 'other.example.test' }, /for other\.example\.test/)
  }
  const plainPort = await openLdap(t, slapd, { ssl: true, port: slapd.port, caCertificate })
  await t.rejects(plainPort.check(), { code: 'unreachable', message: /does not speak TLS/ })
})

const privately = { resolve: async () => ['127.0.0.1'] }

t.test('only where the operator lets it', { skip }, async (t) => {
  const slapd = await startSlapd(t, { ldif: tree })
  const { caCertificate, securePort } = slapd
  const secure = { ssl: true, port: securePort, caCertificate }
  const refused = { name: 'ConnectorError', code: 'refusedAddress' }
  const nobody = { allowedHosts: [], ...privately }
  for (const config of [{}, { host: 'localhost' }, { host: '2130706433' }, { host: '8.8.8.8' }, { host: 'a/b' }]) {
    const connector = await openLdap(t, slapd, config, nobody)
    await t.rejects(connector.check(), refused, `plain to ${config.host}`)
  }
  for (const host of ['127.0.0.1', '0x7f.1', '::ffff:127.0.0.1', 'ldap.example.test', 'dc.internal']) {
    const connector = await openLdap(t, slapd, { ...secure, host }, nobody)
    await t.rejects(connector.check(), refused, `encrypted to ${host}`)
  }
  const byAddress = await openLdap(t, slapd, { host: 'ldap.example.test' }, privately)
  await t.rejects(byAddress.check(), refused, 'plain goes to hosts that are allowed by the name that is used')
  const byName = await openLdap(t, slapd, { host: 'ldap.corp' }, { ...privately, allowedHosts: ['ldap.corp'] })
  t.equal((await byName.check()).userCount, 20)
  const nowhere = await openLdap(t, slapd, { ...secure, host: 'gone.example.test' }, { resolve: async () => [] })
  await t.rejects(nowhere.check(), { code: 'unreachable' })

  const config = {
    host: '127.0.0.1',
    port: slapd.port,
    bindDN: reader.dn,
    bindPassword: reader.password,
    baseDN: suffix,
  }
  const fetched = await fetchLdapUsers(config, { allowedHosts: ['127.0.0.1'] })
  t.match(fetched[0], { userName: 'user0', email: 'user0@example.test', active: true, attributes: { sn: 'user0' } })
  await t.rejects(fetchLdapUsers(config), refused)
})

t.test('a connection that breaks at any place ends the reading, and never its end', { skip }, async (t) => {
  const slapd = await startSlapd(t, { ldif: tree })
  const proxy = await openProxy(slapd.port)
  t.teardown(() => proxy.close())
  const connector = await openLdap(t, proxy, { pageSize: 5 })
  for (let bytes = 1, ended = false; !ended; bytes += 431) {
    proxy.cutAfter(bytes)
    const pages: (string | undefined)[] = []
    const failure = await (async () => {
      for await (const page of connector.snapshot()) pages.push(page.complete)
    })().catch((error) => error)
    ended = failure === undefined
    if (ended) t.equal(pages.at(-1), 'all')
    else t.match([failure.code, pages.includes('all')], ['interrupted', false], `after ${bytes} bytes`)
  }

  proxy.cutAfter(Number.POSITIVE_INFINITY)
  const stopping = new AbortController()
  const stopped = await openLdap(t, proxy, { pageSize: 2 }, { signal: stopping.signal })
  const pages = stopped.snapshot()[Symbol.asyncIterator]()
  await pages.next()
  stopping.abort(new Error('enough'))
  await t.rejects(pages.next(), { code: 'interrupted', message: 'Reading was stopped.' })
  await connector.close()
  await connector.close()
  await t.rejects(connector.check(), { code: 'interrupted' })

  const left = await openLdap(t, proxy, { pageSize: 2 })
  for await (const _page of left.snapshot()) break
  while (proxy.open() > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  t.equal(proxy.open(), 0, 'whoever stops early leaves no connection behind')
})

t.test('a server that says nothing is given up', async (t) => {
  const server = createServer((socket) => socket.on('error', () => undefined))
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const connector = await openLdap(t, { port }, { timeoutSeconds: 1 })
  await t.rejects(connector.check(), { code: 'timeout', message: 'The server did not answer within 1 s.' })
  const gibberish = createServer((socket) =>
    socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  )
  await once(gibberish.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => gibberish.close())
  const other = await openLdap(t, { port: (gibberish.address() as AddressInfo).port })
  await t.rejects(other.check(), { code: 'protocol' })
})
