import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay, setImmediate } from 'node:timers/promises'
import tls from 'node:tls'
import { createOutbound } from '@muster/runtime/outbound/outbound'
import t, { type Test } from 'tap'
import { selfSigned } from './support/self-signed.ts'

const call = { headers: { 'content-type': 'application/json' }, body: '{"hello":"there"}', timeoutMilliseconds: 5_000 }

/** Listens on the loopback, and counts who comes. */
async function listen(t: Test, server: Server): Promise<{ port: number; connections: () => number }> {
  let connections = 0
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    connections++
    sockets.add(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, connections: () => connections }
}

function serve(t: Test, listener: RequestListener) {
  return listen(t, createHttpServer(listener))
}

/** A client with a resolver that gives these answers in turn, the last for ever, and counts its calls. */
function open(t: Test, allowedHosts: string[], ...answers: string[][]) {
  let looks = 0
  const resolve = async () => answers[Math.min(looks++, answers.length - 1)] ?? []
  const outbound = createOutbound({ allowedHosts, resolve })
  t.teardown(() => outbound.close())
  return { outbound, looks: () => looks }
}

t.test('every address of an answer must be public', async (t) => {
  const { port, connections } = await serve(t, (_request, response) => response.end())
  const answers = [
    ['127.0.0.1'],
    ['93.184.215.14', '127.0.0.1'],
    ['127.0.0.1', '93.184.215.14'],
    ['::1'],
    ['::ffff:127.0.0.1'],
    ['::ffff:7f00:1'],
    ['64:ff9b::7f00:1'],
    ['64:ff9b:1::7f00:1'],
    ['2002:7f00:1::1'],
    ['fe80::1%lo'],
    ['0.0.0.0'],
    ['localhost'],
    ['2130706433'],
    ['0177.0.0.1'],
  ]
  for (const addresses of answers) {
    const { outbound, looks } = open(t, [], addresses)
    const url = `https://hooks.example.com:${port}/path?token=geheim`
    const error = await outbound.post(url, call).catch((cause) => cause)
    t.match(error, {
      name: 'OutboundError',
      code: 'addressRefused',
      message: 'hooks.example.com is not at a public address',
    })
    t.equal(looks(), 1)
  }
  const nowhere = open(t, [], [])
  await t.rejects(nowhere.outbound.post('https://hooks.example.com/', call), { code: 'resolve' })
  const resolve = () => Promise.reject(new Error('SERVFAIL'))
  const broken = createOutbound({ allowedHosts: [], resolve })
  await t.rejects(broken.post('https://hooks.example.com/', call), { code: 'resolve' })
  t.equal(connections(), 0, 'nothing arrived')
})

t.test('a name that changes its mind is asked once for a connection, and followed nowhere else', async (t) => {
  const { port, connections } = await serve(t, (_request, response) => response.end('here'))
  const url = `http://rebind.example.com:${port}/`
  // 127.0.0.2 is allowed and nobody listens there; 127.0.0.1 would answer.
  const flipping = open(t, ['127.0.0.2', 'rebind.example.com'], ['127.0.0.2'], ['127.0.0.1'])
  await t.rejects(flipping.outbound.post(url, call), { code: 'connect' })
  t.equal(flipping.looks(), 1)
  t.equal(connections(), 0)

  const later = open(t, ['127.0.0.2'], ['93.184.215.14'], ['127.0.0.1'])
  const https = `https://rebind.example.com:${port}/`
  later.outbound.assertUrl(https)
  await later.outbound.post(https, { ...call, timeoutMilliseconds: 50 }).catch(() => undefined)
  await t.rejects(later.outbound.post(https, call), { code: 'addressRefused' }, 'public when it was asked first')
  t.equal(connections(), 0)
})

t.test('an allowed host is called, in plain http, too', async (t) => {
  const seen: unknown[] = []
  const { port, connections } = await serve(t, async (request, response) => {
    const chunks = await request.toArray()
    const { method, url, headers } = request
    seen.push({
      method,
      url,
      type: headers['content-type'],
      agent: headers['user-agent'],
      body: Buffer.concat(chunks).toString(),
    })
    response.writeHead(207, { 'x-answer': 'yes' }).end('got it')
  })
  for (const allowed of ['127.0.0.0/8', '127.0.0.1', '::ffff:127.0.0.1']) {
    const { outbound } = open(t, [allowed], [])
    const answer = await outbound.post(`http://127.1:${port}/a?b=c`, call)
    t.match(answer, { status: 207, headers: { 'x-answer': 'yes' }, body: 'got it' }, allowed)
  }
  t.match(seen[0], { method: 'POST', url: '/a?b=c', type: 'application/json', agent: /^Muster\//, body: call.body })
  const named = open(t, ['Receiver.Test'], ['127.0.0.1'])
  const before = connections()
  await named.outbound.post(`http://receiver.test:${port}/`, call)
  await setImmediate()
  await named.outbound.post(`http://receiver.test:${port}/`, call)
  t.equal(connections() - before, 1, 'the second call took the connection of the first')
  t.throws(
    () => named.outbound.assertUrl(`http://127.0.0.1:${port}/`),
    { code: 'invalidValue' },
    'a name is not its address',
  )
  t.throws(() => named.outbound.assertUrl('http://other.test/'), { code: 'invalidValue' })

  const system = createOutbound({ allowedHosts: ['localhost'] })
  t.teardown(() => system.close())
  t.equal((await system.post(`http://localhost:${port}/`, call)).status, 207, 'the resolver of the system knows it')
})

t.test('redirects, proxies and what is in the environment lead nowhere', async (t) => {
  const secret = await serve(t, (_request, response) => response.end('secret'))
  const statuses = [301, 302, 303, 307, 308]
  const { port } = await serve(t, (request, response) => {
    response.writeHead(Number(request.url?.slice(1)), { location: `http://127.0.0.1:${secret.port}/` }).end('elsewhere')
  })
  const proxy = await listen(t, createTcpServer())
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'NODE_USE_ENV_PROXY']
  const before = names.map((name) => [name, process.env[name]] as const)
  for (const name of names) process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : `http://127.0.0.1:${proxy.port}`
  const { outbound } = open(t, ['127.0.0.1'], [])
  for (const status of statuses) {
    const answer = await outbound.post(`http://127.0.0.1:${port}/${status}`, call)
    t.match(answer, { status, body: 'elsewhere' })
  }
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  t.equal(secret.connections(), 0)
  t.equal(proxy.connections(), 0)
})

t.test('certificates are checked against the name, wherever it leads', async (t) => {
  const certificate = selfSigned('hooks.example.test')
  const names: unknown[] = []
  const { port } = await listen(
    t,
    createHttpsServer(certificate, (request, response) => {
      names.push([(request.socket as tls.TLSSocket).servername, request.headers.host])
      response.end('sealed')
    }),
  )
  const plain = await serve(t, (_request, response) => response.end())
  const url = `https://hooks.example.test:${port}/`
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  await t.rejects(open(t, ['127.0.0.1'], ['127.0.0.1']).outbound.post(url, call), { code: 'tls' }, 'signed by itself')
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
  const toPlain = `https://hooks.example.test:${plain.port}/`
  await t.rejects(open(t, ['127.0.0.1'], ['127.0.0.1']).outbound.post(toPlain, call), { code: 'tls' }, 'no TLS at all')
  t.same(names, [])

  const trusted = tls.getCACertificates()
  tls.setDefaultCACertificates([...trusted, certificate.cert])
  t.teardown(() => tls.setDefaultCACertificates(trusted))
  const { outbound } = open(t, ['127.0.0.1'], ['127.0.0.1'])
  t.match(await outbound.post(url, call), { status: 200, body: 'sealed' })
  t.same(names, [['hooks.example.test', `hooks.example.test:${port}`]], 'the address is pinned, the name is told')
  await t.rejects(outbound.post(`https://other.example.test:${port}/`, call), { code: 'tls' }, 'another name')
})

t.test('an answer has an end, in time and in size', async (t) => {
  const paths: Record<string, (socket: Socket) => void> = {
    silent: () => undefined,
    'slow-header': (socket) => drip(socket, 'HTTP/1.1 200 OK\r\n', 'x-more: and more\r\n'),
    'slow-body': (socket) => drip(socket, 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n', 'a'),
    'slow-chunks': (socket) => drip(socket, 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', '1\r\na\r\n'),
    endless: (socket) => pour(socket, 'HTTP/1.1 200 OK\r\n\r\n', 'a'.repeat(16_384)),
    'endless-header': (socket) => pour(socket, 'HTTP/1.1 200 OK\r\n', `x-more: ${'a'.repeat(1_000)}\r\n`),
    informed: (socket) => drip(socket, '', 'HTTP/1.1 102 Processing\r\n\r\n'),
    ended: (socket) => void socket.end(),
    cut: (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'),
    nonsense: (socket) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n'),
    switched: (socket) =>
      void socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
  }
  const unclosed = new Map<Socket, string>()
  const { port } = await listen(
    t,
    createTcpServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('close', () => unclosed.delete(socket))
      socket.once('data', (data) => {
        const path = String(data).split(' ')[1]?.slice(1) ?? ''
        unclosed.set(socket, path)
        paths[path]?.(socket)
      })
    }),
  )
  const { outbound } = open(t, ['127.0.0.1'], [])
  const fails = async (path: string, expected: object) => {
    const error = await outbound
      .post(`http://127.0.0.1:${port}/${path}`, { ...call, timeoutMilliseconds: 600 })
      .catch((e) => e)
    t.match(error, { name: 'OutboundError', ...expected }, path)
  }
  await Promise.all([
    fails('silent', { code: 'timeout', status: undefined, message: '127.0.0.1 did not answer in time' }),
    fails('slow-header', { code: 'timeout' }),
    fails('slow-body', { code: 'timeout', status: 200 }),
    fails('slow-chunks', { code: 'timeout', status: 200 }),
    fails('endless', { code: 'responseTooLarge', status: 200 }),
    fails('endless-header', { code: 'responseTooLarge' }),
    fails('informed', { code: 'timeout' }),
    fails('ended', { code: 'reset' }),
    fails('cut', { code: 'reset', status: 200 }),
    fails('nonsense', { code: 'reset' }),
    fails('switched', { code: 'reset' }),
  ])
  const deadline = Date.now() + 5_000
  while (unclosed.size > 0 && Date.now() < deadline) await delay(20)
  t.same([...unclosed.values()], [], 'no connection is left behind')

  const hanging = createOutbound({ allowedHosts: [], resolve: () => new Promise(() => undefined) })
  t.teardown(() => hanging.close())
  const begun = performance.now()
  await t.rejects(hanging.post('https://hooks.example.com/', { ...call, timeoutMilliseconds: 50 }), { code: 'timeout' })
  t.ok(performance.now() - begun < 5_000, 'it did not wait for the name')
})

/** Writes the start, and something more ten times a second for as long as there is somebody to read it. */
function drip(socket: Socket, start: string, more: string): void {
  socket.write(start)
  const timer = setInterval(() => socket.write(more), 100)
  socket.on('close', () => clearInterval(timer))
}

/** Writes the start, and more for as long as it is read. */
function pour(socket: Socket, start: string, more: string): void {
  socket.write(start)
  const pourOn = () => {
    while (!socket.destroyed && socket.write(more));
  }
  socket.on('drain', pourOn)
  pourOn()
}
