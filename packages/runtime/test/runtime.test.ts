import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  keyIdOf,
  newSecretKey,
  openSecret,
  parseRootKeys,
  SecretBoxError,
  sealSecret,
} from '@muster/runtime/secret-box'
import { optional, portSetting, readSettings, SettingsError, secretSetting, urlSetting } from '@muster/runtime/settings'
import { jsonDepthMax, parseStrictJson } from '@muster/runtime/strict-json'
import { generateToken, hashToken, isToken } from '@muster/runtime/tokens'
import { decodeUuid, encodeUuid, fromTypeId, newUuid, toTypeId } from '@muster/runtime/type-ids'
import { seed } from '@muster/testkit/effort'
import fc from 'fast-check'
import t from 'tap'

t.test('settings: every violation is reported at once, without values', async (t) => {
  const table = {
    port: portSetting('PORT', 1234),
    url: urlSetting('DATABASE_URL', ['postgres:']),
    pepper: secretSetting('PEPPER', 16),
    extra: optional(portSetting('EXTRA')),
  }
  const error = t.throws(() => readSettings({ PORT: '70000', DATABASE_URL: 'nope', PEPPER: 'hush' }, table))
  t.ok(error instanceof SettingsError)
  if (!(error instanceof SettingsError)) return
  t.equal(error.violations.length, 3)
  t.notMatch(error.message, /70000|nope|hush/)
  t.strictSame(readSettings({ DATABASE_URL: 'postgres://h/d', PEPPER: 'x'.repeat(16) }, table), {
    port: 1234,
    url: 'postgres://h/d',
    pepper: 'x'.repeat(16),
    extra: undefined,
  })
})

t.test('settings: _FILE variants', async (t) => {
  const file = join(t.testdir(), 'pepper')
  writeFileSync(file, `${'p'.repeat(20)}\n`)
  const table = { pepper: secretSetting('PEPPER', 16) }
  t.equal(readSettings({ PEPPER_FILE: file }, table).pepper, 'p'.repeat(20))
  t.throws(() => readSettings({ PEPPER_FILE: file, PEPPER: 'q'.repeat(20) }, table), /both set/)
  t.throws(() => readSettings({ PEPPER_FILE: `${file}.missing` }, table), /cannot be read/)
})

t.test('#22 #118 tokens: shape, checksum, hash', async (t) => {
  const token = generateToken('scim')
  t.match(token, /^muster_scim_[0-9A-Za-z]{36}$/)
  t.ok(isToken('scim', token))
  t.notOk(isToken('key', token), 'a SCIM token is not an API key')
  t.notOk(isToken('scim', `${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`), 'a wrong checksum')
  t.equal(hashToken('pepper', token).length, 32)
  t.notSame(hashToken('pepper', token), hashToken('other', token))
})

t.test('type ids: encode and decode are inverse and keep the order', async (t) => {
  const uuids = Array.from({ length: 100 }, newUuid)
  t.strictSame(
    uuids.map((uuid) => decodeUuid(encodeUuid(uuid))),
    uuids,
  )
  t.strictSame(uuids.map(encodeUuid).sort(), uuids.toSorted().map(encodeUuid))
  const uuid = uuids[0] ?? ''
  t.equal(fromTypeId('user', toTypeId('user', uuid)), uuid)
  t.equal(fromTypeId('group', toTypeId('user', uuid)), undefined)
  for (const text of ['', 'user_', 'user_zzzzzzzzzzzzzzzzzzzzzzzzzz', `user_${'0'.repeat(27)}`, uuid]) {
    t.equal(fromTypeId('user', text), undefined, text)
  }
})

t.test('secret box: opens only with its key, in its place, unaltered', async (t) => {
  const key = newSecretKey('k1')
  const place = { organizationId: 'o', ownerId: 'd', column: 'config' }
  const sealed = sealSecret(key, place, Buffer.from('secret'))
  t.equal(keyIdOf(sealed), 'k1')
  t.equal(openSecret([newSecretKey('k2'), key], place, sealed).toString(), 'secret')
  t.throws(() => openSecret([newSecretKey('k1')], place, sealed), SecretBoxError)
  t.throws(() => openSecret([newSecretKey('k2')], place, sealed), /No key "k1"/)
  for (const elsewhere of [{ organizationId: 'x' }, { ownerId: 'x' }, { column: 'x' }]) {
    t.throws(() => openSecret([key], { ...place, ...elsewhere }, sealed), SecretBoxError)
  }
  for (let index = 0; index < sealed.length; index++) {
    const altered = Buffer.from(sealed)
    altered[index] = (altered[index] ?? 0) ^ 1
    t.throws(() => openSecret([key], place, altered), SecretBoxError, `byte ${index}`)
  }
  for (let length = 0; length < sealed.length; length++) {
    t.throws(() => openSecret([key], place, sealed.subarray(0, length)), SecretBoxError, `cut to ${length}`)
  }
  t.notSame(sealSecret(key, place, Buffer.from('secret')), sealed, 'nonces differ')
})

t.test('root keys are parsed, or refused without being quoted', async (t) => {
  const encoded = newSecretKey('x').bytes.toString('base64')
  t.strictSame(
    parseRootKeys(`b:${encoded},a:${encoded}`).map(({ id }) => id),
    ['b', 'a'],
  )
  for (const text of ['', 'a', 'a:short', `a:${encoded},a:${encoded}`]) t.throws(() => parseRootKeys(text), text)
})

t.test('#119 strict JSON', async (t) => {
  t.strictSame(parseStrictJson('{"a":[1,"]}"]}'), { a: [1, ']}'] })
  const nest = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
  t.ok(parseStrictJson(nest(jsonDepthMax)))
  const hostile = [
    nest(jsonDepthMax + 1),
    '['.repeat(200_000),
    '{"__proto__":{"polluted":1}}',
    '{"a":{"\\u005f_proto__":1}}',
    '{"constructor":{"prototype":{}}}',
    '{"a":"\\u0000"}',
    '{"a":"\\ud800"}',
    '{',
    '',
    'undefined',
  ]
  for (const text of hostile) t.throws(() => parseStrictJson(text), { code: 'invalidSyntax' }, text.slice(0, 40))
  fc.assert(
    fc.property(fc.json(), (text) => {
      try {
        t.strictSame(parseStrictJson(text), JSON.parse(text))
      } catch (error) {
        if ((error as { code?: string }).code !== 'invalidSyntax') throw error
      }
    }),
    { seed, numRuns: 200 },
  )
})
