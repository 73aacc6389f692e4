import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { assertOktaConfig } from '../src/okta/assert-config.ts'
import { originOf } from '../src/okta/okta-origin.ts'

const pem = (type: 'rsa' | 'ec' | 'ed25519', bits = 2_048) => {
  const { privateKey } =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: bits })
      : type === 'ec'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519')
  return privateKey
}

t.test('a domain is a name, an https address or one that an operator allows', async (t) => {
  t.equal(originOf('acme.okta.com'), 'https://acme.okta.com')
  t.equal(originOf(' https://ID.Acme.test/ '), 'https://id.acme.test')
  t.equal(originOf('http://127.0.0.1:8080'), 'http://127.0.0.1:8080')
  for (const bad of [
    '',
    'https://',
    'ftp://acme.okta.com',
    'acme.okta.com/api',
    'a@acme.okta.com',
    'x:y@z',
    'acme.okta.com?q',
  ]) {
    t.throws(() => originOf(bad), { code: 'invalidValue', detail: /^`domain` must/ }, bad)
  }
  for (const admin of ['acme-admin.okta.com', 'https://acme-admin.oktapreview.com']) {
    t.throws(() => originOf(admin), { code: 'invalidValue', detail: /leave "-admin" out/ }, admin)
  }
})

t.test('a configuration has one way in, and says what is missing without saying what it has', async (t) => {
  const domain = 'acme.okta.com'
  const [rsa, ec] = [pem('rsa'), pem('ec')]
  const text = rsa.export({ type: 'pkcs8', format: 'pem' }).toString()
  const good = [
    { domain, apiToken: '00token' },
    { domain, clientId: '0oa', privateKey: text },
    { domain, clientId: '0oa', privateKey: rsa.export({ type: 'pkcs1', format: 'pem' }).toString(), keyId: 'k' },
    { domain, clientId: '0oa', privateKey: JSON.stringify(rsa.export({ format: 'jwk' })) },
    { domain, clientId: '0oa', privateKey: ec.export({ type: 'pkcs8', format: 'pem' }).toString() },
  ]
  for (const config of good) t.doesNotThrow(() => assertOktaConfig(config))
  const bad: [Record<string, string>, RegExp][] = [
    [{}, /`apiToken` is missing/],
    [{ apiToken: 'secret-1 with space' }, /`apiToken` has characters/],
    [{ apiToken: 'secret-1\r\nx: y' }, /`apiToken` has characters/],
    [{ apiToken: 'secret-1', clientId: 'secret-2' }, /`clientId` and `apiToken`/],
    [{ apiToken: 'secret-1', keyId: 'secret-2' }, /`keyId` and `apiToken`/],
    [{ clientId: 'secret-2' }, /`privateKey` is missing/],
    [{ privateKey: text }, /`clientId` is missing/],
    [{ clientId: '0oa', privateKey: 'secret-3' }, /`privateKey` is no private key/],
    [{ clientId: '0oa', privateKey: '{"kty":"secret-3"}' }, /`privateKey` is no private key/],
    [{ clientId: '0oa', privateKey: pem('ed25519').export({ type: 'pkcs8', format: 'pem' }).toString() }, /RSA or EC/],
    [
      { clientId: '0oa', privateKey: pem('rsa', 1_024).export({ type: 'pkcs8', format: 'pem' }).toString() },
      /2048 bits/,
    ],
  ]
  for (const [more, detail] of bad) {
    try {
      assertOktaConfig({ domain, ...more })
      t.fail(`${detail} is missing`)
    } catch (error) {
      t.match(error, { code: 'invalidValue', detail })
      t.notMatch(String((error as { detail?: unknown }).detail), 'secret')
    }
  }
})
