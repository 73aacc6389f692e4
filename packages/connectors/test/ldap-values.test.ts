import { seed } from '@muster/testkit/effort'
import fc from 'fast-check'
import t from 'tap'
import { Value } from 'typebox/value'
import { markedFields } from '../src/index.ts'
import { assertLdapConfig } from '../src/ldap/assert-config.ts'
import { type LdapConfig, ldapConfig } from '../src/ldap/config.ts'
import { normaliseDistinguishedName } from '../src/ldap/distinguished-name.ts'
import { guidText } from '../src/ldap/guid.ts'
import { MessageFrames } from '../src/ldap/message-frames.ts'
import { failureOfCode } from '../src/ldap/result-codes.ts'

const type = fc.constantFrom('cn', 'ou', 'uid', 'dc', '1.2.3')
const value = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 12 })
  .filter((text) => text.trim() !== '' && !text.includes('\u0000') && text.isWellFormed())
const name = fc.array(fc.array(fc.tuple(type, value), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 })
const spaces = fc.constantFrom('', ' ', '  ')

/** One of the ways to write a value (RFC 4514 §2.4). */
function spell(text: string, way: 'hex' | 'escaped'): string {
  if (way === 'hex') return [...Buffer.from(text)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')
  return text.replace(/[\\",;+<>=]|^[ #]| $/g, '\\$&')
}

t.test('a distinguished name has one normal form however it is written', async (t) => {
  t.comment(`seed ${seed}`)
  fc.assert(
    fc.property(name, spaces, fc.boolean(), fc.boolean(), (parts, space, upper, reversed) => {
      const write = (way: 'hex' | 'escaped', fancy: boolean) =>
        parts
          .map((pairs) => (fancy && reversed ? pairs.toReversed() : pairs))
          .map((pairs) =>
            pairs
              .map(([attribute, text]) => [fancy && upper ? attribute.toUpperCase() : attribute, spell(text, way)])
              .map((pair) => pair.join(fancy ? `${space}=${space}` : '='))
              .join(fancy ? `${space}+${space}` : '+'),
          )
          .join(fancy ? `${space},${space}` : ',')
      const normal = normaliseDistinguishedName(write('escaped', false))
      if (normal === undefined) throw new Error(`${write('escaped', false)} is one`)
      if (normaliseDistinguishedName(write('hex', true)) !== normal) throw new Error(`${normal} is not the only form`)
      if (normaliseDistinguishedName(normal) !== normal) throw new Error(`${normal} is not normal`)
    }),
    { seed, numRuns: 300 },
  )
  const same = [
    ['CN=Jane  Doe,OU=People,DC=X', 'cn=jane doe,ou=people,dc=x'],
    ['2.5.4.3=Jane\\, Doe, OID.2.5.4.11 = P', 'cn=jane\\, doe,ou=p'],
    ['cn=#0c044A616E65,dc=x', 'cn=jane,dc=x'],
    ['cn=L\\C3\\BCcke+uid=b', 'cn=lücke+uid=b'],
    ['uid=b+cn=a', 'cn=a+uid=b'],
    ['cn=a=b', 'cn=a=b'],
    ['', ''],
  ] as const
  for (const [text, normal] of same) t.equal(normaliseDistinguishedName(text), normal, text)
  for (const text of ['jane', 'cn=a,', 'cn=a,,cn=b', '=a', 'cn=a+', 'cn="a"', 'cn=#0', 'c n=a', 'cn=a\\']) {
    t.equal(normaliseDistinguishedName(text), undefined, text)
  }
})

t.test('bytes: GUIDs, and messages however they are cut', async (t) => {
  t.equal(guidText(Buffer.from('00112233445566778899aabbccddeeff', 'hex')), '33221100-5544-7766-8899-aabbccddeeff')
  t.equal(guidText(Buffer.alloc(15)), undefined)
  const message = (size: number) => {
    const head = size < 128 ? [0x30, size] : [0x30, 0x82, size >> 8, size & 0xff]
    return Buffer.concat([Buffer.from(head), Buffer.alloc(size, 7)])
  }
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
      (sizes, cuts) => {
        const whole = Buffer.concat(sizes.map(message))
        const frames = new MessageFrames()
        const found: Buffer[] = []
        for (let at = 0, index = 0; at < whole.length; index++) {
          const next = at + (cuts[index % cuts.length] ?? 1)
          found.push(...frames.push(whole.subarray(at, next)))
          at = next
        }
        if (!found.every((frame, index) => frame.equals(message(sizes[index] ?? 0)))) throw new Error('Cut elsewhere')
        if (found.length !== sizes.length) throw new Error('Not all messages were found')
      },
    ),
    { seed, numRuns: 200 },
  )
  for (const bytes of [
    [0x48, 0x54],
    [0x30, 0x80, 0, 0, 0, 0],
    [0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
  ]) {
    t.throws(() => new MessageFrames().push(Buffer.from(bytes)), RangeError)
  }
})

t.test('result codes: what may pass and what may not, without the words of the server', async (t) => {
  const expected = {
    3: 'incomplete',
    4: 'incomplete',
    10: 'incomplete',
    11: 'incomplete',
    32: 'configuration',
    49: 'credentials',
    50: 'permission',
    51: 'unavailable',
    52: 'unavailable',
    999: 'protocol',
  }
  for (const [code, failure] of Object.entries(expected)) {
    const error = failureOfCode(Number(code), 'uid=jane,ou=people', 'search')
    t.equal(error.code, failure, code)
    t.notMatch(error.message, 'jane')
  }
  t.match(
    failureOfCode(49, '80090308: LdapErr: DSID-0C09044E, data 532, v2580', 'bind').message,
    /password has expired/,
  )
  t.equal(failureOfCode(53, '', 'bind').code, 'credentials')
  t.equal(failureOfCode(2, '', 'startTls').code, 'configuration')
})

const good = { host: 'ldap.example.com', bindDN: 'cn=a,dc=x', bindPassword: 'geheim', baseDN: 'dc=x' }

t.test('a configuration is refused by the name of its field, and its values are not repeated', async (t) => {
  t.same(markedFields(ldapConfig, 'secret'), ['bindPassword'])
  t.same(markedFields(ldapConfig, 'destination'), ['host', 'port', 'ssl', 'startTls', 'caCertificate', 'tlsServerName'])
  for (const bindDN of ['cn=a,dc=x', 'reader@corp.example', 'CORP\\reader']) {
    t.doesNotThrow(() => assertLdapConfig({ ...good, bindDN, userFilter: 'uid=*', ssl: true }))
  }
  const bad: readonly [keyof LdapConfig, Partial<LdapConfig>][] = [
    ['ssl', { ssl: true, startTls: true }],
    ['tlsServerName', { tlsServerName: 'x' }],
    ['caCertificate', { caCertificate: 'x' }],
    ['caCertificate', { ssl: true, caCertificate: 'geheim' }],
    ['caCertificate', { ssl: true, caCertificate: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }],
    ['bindDN', { bindDN: 'geheim' }],
    ['baseDN', { baseDN: 'geheim' }],
    ['groupBaseDN', { groupBaseDN: 'cn=geheim,' }],
    ['userFilter', { userFilter: '(&(uid=geheim)' }],
    ['groupFilter', { groupFilter: '(geheim)' }],
    ['attributes', { attributes: ['mail', 'userPassword'] }],
  ]
  for (const [field, fields] of bad) {
    const config = { ...good, ...fields }
    const error = t.throws(() => assertLdapConfig(config), { name: 'MusterError', code: 'invalidValue' })
    const { detail } = error as unknown as { detail: string }
    t.match(detail, new RegExp(`^\`${field}\` `))
    t.notMatch(detail, 'geheim')
  }
  for (const field of [
    { port: 0 },
    { baseDn: 'dc=x' },
    { attributes: ['*'] },
    { attributes: ['1.1', 'a b'] },
    { pageSize: 0 },
  ]) {
    t.notOk(Value.Check(ldapConfig, { ...good, ...field }), JSON.stringify(field))
  }
})
