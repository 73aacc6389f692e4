import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { listDirectoryTokens, revokeDirectoryToken } from '@muster/repository'
import { generateToken } from '@muster/runtime/tokens'
import t from 'tap'
import { change, startDirectory, startInstallation } from './support/installation.ts'
import { isScimError, scimMediaType } from './support/is-scim-error.ts'
import { call, callRaw, urns } from './support/scim-client.ts'

t.test('#21 #23 who is not let in', async (t) => {
  const { installation, client, ...acme } = await startDirectory(t)
  const other = await installation.addDirectory(acme.scope)
  const { origin } = installation
  const key = new URL(client.baseUrl).pathname.split('/')[2] ?? ''
  const authorizations = {
    'no header': undefined,
    'no token': 'Bearer',
    'another scheme': 'Basic amFuZTpqYW5l',
    'two tokens': `Bearer ${client.token} ${client.token}`,
    'a token with a wrong checksum': `Bearer ${client.token.slice(0, -1)}_`,
    'an unknown token': `Bearer ${generateToken('scim')}`,
    'a key of the management API': `Bearer ${generateToken('key')}`,
    'the token of another directory': `Bearer ${other.client.token}`,
    'a long one': `Bearer ${'x'.repeat(8_000)}`,
  }
  for (const [what, authorization] of Object.entries(authorizations)) {
    // Who shows no token at all may read what every directory has.
    const discovery = authorization === undefined ? [] : ['/ServiceProviderConfig', '/Schemas']
    for (const path of ['/Users', '/Users/x', '/Nothing', '', ...discovery]) {
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
      const answer = await callRaw(origin, { method: 'GET', path: `/scim/${key}/v2${path}`, headers })
      isScimError(t, answer, 401, undefined, `${what}, ${path}`)
      t.equal(answer.headers.get('www-authenticate'), 'Bearer realm="SCIM"')
    }
  }
  const headers = { authorization: `Bearer ${client.token}` }
  for (const spelling of [key.toUpperCase(), `%30${key.slice(1)}`, acme.directoryId, 'x', `${key}%00`]) {
    const answer = await callRaw(origin, { method: 'GET', path: `/scim/${spelling}/v2/Users`, headers })
    isScimError(t, answer, 401, undefined, spelling)
  }
  t.equal((await callRaw(origin, { method: 'GET', path: `/scim/${key}/v2/Users`, headers })).status, 200)
  const lowerCase = { authorization: `bearer ${client.token}` }
  t.equal((await callRaw(origin, { method: 'GET', path: `/scim/${key}/v2/Users`, headers: lowerCase })).status, 200)
})

t.test('#109 #118 many failures from an address shut it out, but nobody who has shown a good token', async (t) => {
  const { installation, client } = await startDirectory(t)
  const revoked = await installation.addDirectory(await installation.addOrganization('Other'))
  t.equal((await client.get('/Users')).status, 200)
  t.equal((await revoked.client.get('/Users')).status, 200)
  await change(installation, revoked, async (tx) => {
    for (const { tokenId } of await listDirectoryTokens(tx, revoked.directoryId)) {
      await revokeDirectoryToken(tx, revoked.directoryId, tokenId)
    }
  })
  const attempt = () => call(`${client.baseUrl}/Users`, 'GET', { token: generateToken('scim') })
  for (let failures = 0; failures < 100; failures++) await attempt()
  const refused = await attempt()
  isScimError(t, refused, 429)
  t.match(refused.headers.get('retry-after'), /^[1-9]\d*$/)
  // Longer than anything is remembered of a token.
  await delay(5_100)
  isScimError(t, await attempt(), 429)
  t.equal((await client.get('/Users')).status, 200, 'a good token still works')
  isScimError(t, await revoked.client.get('/Users'), 401, undefined, 'a revoked one works for five seconds at most')
})

t.test('#12 #13 #19 #21 #109 #119 requests that are not right', async (t) => {
  const { client, installation } = await startDirectory(t)
  const id = await client.addUser('jane', { displayName: 'Jane' })
  const base = new URL(client.baseUrl).pathname
  const headers = { authorization: `Bearer ${client.token}` }
  const before = await client.get(`/Users/${id}`)

  await t.test('addresses', async (t) => {
    for (const path of ['/', '/scim', '/Users', '/healthz/x', '/__proto__']) {
      isScimError(t, await callRaw(installation.origin, { method: 'GET', path }), 404, undefined, path)
    }
    const otherVersion = base.replace(/v2$/, 'v1')
    const refused = await callRaw(installation.origin, { method: 'GET', path: otherVersion, headers })
    isScimError(t, refused, 400, 'invalidVers', '#19 another version')
    for (const path of ['/Nothing', '/users', `/Users/${id}/x`, '/Schemas/urn:x', '/__proto__', '/Users/x']) {
      const answer = await callRaw(installation.origin, { method: 'GET', path: base + path, headers })
      isScimError(t, answer, 404, undefined, path)
    }
    for (const path of ['/Users/%ZZ', '/%', '/Users/%C3%28', '/Users?filter=%ZZ'] as const) {
      const answer = await callRaw(installation.origin, { method: 'GET', path: base + path, headers })
      isScimError(t, answer, 400, path.includes('filter') ? 'invalidFilter' : undefined, path)
    }
    const long = `/Users/${'x'.repeat(300)}`
    isScimError(t, await callRaw(installation.origin, { method: 'GET', path: base + long, headers }), 414)
  })

  await t.test('methods', async (t) => {
    for (const [method, path, allow] of [
      ['DELETE', '/Users', 'GET, HEAD, POST'],
      ['PUT', '/Groups', 'GET, HEAD, POST'],
      ['POST', `/Users/${id}`, 'GET, HEAD, PUT, PATCH, DELETE'],
      ['GET', '/.search', 'POST'],
      ['OPTIONS', '/Groups/x', 'GET, HEAD, PUT, PATCH, DELETE'],
      ['PATCH', '/Schemas', 'GET, HEAD'],
      ['POST', '/ServiceProviderConfig', 'GET, HEAD'],
      ['DELETE', '/ResourceTypes/User', 'GET, HEAD'],
    ] as const) {
      const answer = await client.send(method, path)
      isScimError(t, answer, 405, undefined, `${method} ${path}`)
      t.same(answer.headers.get('allow')?.split(', ').sort(), allow.split(', ').sort())
    }
    const health = await call(`${installation.origin}/healthz`, 'POST')
    isScimError(t, health, 405)
  })

  await t.test('bodies', async (t) => {
    const user = { schemas: [urns.user], userName: 'x' }
    const deep = `${'['.repeat(40)}${']'.repeat(40)}`
    for (const [what, body, status, scimType] of [
      ['cut off', '{"userName":"x"', 400, 'invalidSyntax'],
      ['empty', '', 400, 'invalidSyntax'],
      ['a list', '[]', 400, 'invalidSyntax'],
      ['null', 'null', 400, 'invalidSyntax'],
      ['a text', '"x"', 400, 'invalidSyntax'],
      ['too deep', `{"userName":"x","emails":${deep}}`, 400, 'invalidSyntax'],
      ['too large', JSON.stringify({ ...user, title: 'x'.repeat(1_048_576) }), 413, undefined],
      ['__proto__', '{"userName":"x","__proto__":{"admin":true}}', 400, 'invalidSyntax'],
      ['__proto__, spelt otherwise', '{"userName":"x","\\u005f_proto__":{"admin":true}}', 400, 'invalidSyntax'],
      ['constructor', '{"userName":"x","name":{"constructor":{"prototype":{}}}}', 400, 'invalidSyntax'],
      ['NUL', '{"userName":"x\\u0000"}', 400, 'invalidSyntax'],
      ['half a character', '{"userName":"x\\ud800"}', 400, 'invalidSyntax'],
      ['a number too large', '{"userName":1e999}', 400, 'invalidValue'],
    ] as const) {
      for (const [method, path] of [
        ['POST', '/Users'],
        ['PUT', `/Users/${id}`],
        ['PATCH', `/Users/${id}`],
        ['POST', '/Groups'],
      ] as const) {
        // What is wrong with the value of a userName, a PATCH and a group do not see.
        const other = scimType === 'invalidValue' && path !== '/Users' && method !== 'PUT'
        const answer = await client.send(method, path, body)
        if (other) t.equal(answer.status, 400)
        else isScimError(t, answer, status, scimType, `${method}, ${what}`)
      }
    }
    isScimError(t, await client.send('POST', '/Users'), 400, 'invalidSyntax', 'none at all')
    t.equal(Reflect.get({}, 'admin'), undefined)
    for (const type of [
      'text/plain',
      'application/xml',
      'application/x-www-form-urlencoded',
      'nonsense',
      'application/jsonx',
    ]) {
      isScimError(
        t,
        await client.send('POST', '/Users', JSON.stringify(user), { 'content-type': type }),
        415,
        undefined,
        type,
      )
    }
    for (const type of [
      'application/json',
      'APPLICATION/SCIM+JSON',
      'application/scim+json;charset=UTF-8',
      'text/json',
    ]) {
      const named = JSON.stringify({ ...user, userName: type })
      t.equal((await client.send('POST', '/Users', named, { 'content-type': type })).status, 201, type)
    }
  })

  await t.test('parameters', async (t) => {
    for (const name of ['filter', 'count', 'startIndex', 'attributes', 'excludedAttributes']) {
      isScimError(t, await client.get(`/Users?${name}=1&${name}=2`), 400, 'invalidValue', name)
      if (name.includes('ttributes'))
        isScimError(t, await client.get(`/Users/${id}?${name}=1&${name}=2`), 400, 'invalidValue')
    }
    for (const filter of [
      'userName eq "a\0"',
      'userName eq a\0',
      'externalId eq "\\u0000"',
      'id eq "\0"',
      'emails.value eq \0',
    ]) {
      isScimError(t, await client.find('/Users', filter), 400, 'invalidFilter', JSON.stringify(filter))
    }
    t.equal((await client.get('/Users?__proto__=1&constructor=2&toString=3&foo[]=4')).status, 200)
    isScimError(t, await client.find('/Schemas', 'id eq "x"'), 403)
    const long = `userName eq "${'x'.repeat(9_000)}"`
    t.equal((await client.find('/Users', long)).status, 200)
  })

  t.same((await client.get(`/Users/${id}`)).body, before.body, 'and the user is as before')
})

t.test('#21 #108 a request whose head is not HTTP, or endless, is answered with a SCIM Error as well', async (t) => {
  const { installation, client } = await startDirectory(t)
  const overlong = await callRaw(installation.origin, { method: 'GET', path: `/${'x'.repeat(20_000)}` })
  isScimError(t, overlong, 414)
  const answer = await rawExchange(installation.origin, 'GET / HTTP/1.1\r\nno colon here\r\n\r\n')
  t.match(
    answer,
    /^HTTP\/1\.1 400 [\s\S]*content-type: application\/scim\+json[\s\S]*\r\n\r\n\{"schemas".*"status":"400"/i,
  )
  t.equal((await client.get('/Users')).status, 200)
})

async function rawExchange(origin: string, text: string): Promise<string> {
  const { hostname, port } = new URL(origin)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.write(text)
  let answer = ''
  for await (const chunk of socket.setEncoding('utf8')) answer += chunk
  return answer
}

t.test('#16 #17 Accept and HEAD', async (t) => {
  const { client } = await startDirectory(t)
  const id = await client.addUser('jane')
  for (const [accept, type] of [
    ['application/json', 'application/json; charset=utf-8'],
    ['application/json; charset=utf-8', 'application/json; charset=utf-8'],
    ['application/json, text/plain, */*', scimMediaType],
    ['application/scim+json', scimMediaType],
    ['application/scim+json, application/json', scimMediaType],
    ['*/*', scimMediaType],
    ['text/html', scimMediaType],
  ] as const) {
    for (const path of [`/Users/${id}`, '/Users', '/Schemas', '/Users/nobody', '/Nothing', '/Users?filter=x']) {
      const answer = await client.send('GET', path, undefined, { accept })
      t.equal(answer.headers.get('content-type'), type, `${accept} ${path}`)
    }
  }
  for (const path of [`/Users/${id}`, '/Users', '/Groups', '/Users/nobody', '/Nothing', '/ServiceProviderConfig']) {
    const [get, head] = [await client.get(path), await client.send('HEAD', path)]
    t.same([head.status, head.text], [get.status, ''], path)
    for (const name of ['content-type', 'content-length', 'etag', 'location']) {
      t.equal(head.headers.get(name), get.headers.get(name), `${path} ${name}`)
    }
  }
})

t.test('the base URL of a fresh installation leads nowhere', async (t) => {
  const { origin } = await startInstallation(t)
  isScimError(t, await call(`${origin}/scim/01jz3zq0000000000000000000/v2/Users`, 'GET'), 401)
})
