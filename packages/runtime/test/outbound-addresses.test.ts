import { parseAllowedHosts } from '@muster/runtime/outbound/allowed-hosts'
import { createOutbound } from '@muster/runtime/outbound/outbound'
import { isPublicAddress, parseAddress } from '@muster/runtime/outbound/public-address'
import { seed } from '@muster/testkit/effort'
import fc from 'fast-check'
import t, { type Test } from 'tap'

const call = { headers: {}, body: '{}', timeoutMilliseconds: 5_000 }

/** A client that may call nothing private; it counts the names it resolves. */
function open(t: Test) {
  let looks = 0
  const resolve = async () => {
    looks++
    return ['93.184.215.14']
  }
  const outbound = createOutbound({ allowedHosts: [], resolve })
  t.teardown(() => outbound.close())
  return { outbound, looks: () => looks }
}

t.test('URLs that are never called', async (t) => {
  const { outbound, looks } = open(t)
  const refused = [
    [
      'no URL',
      'nonsense',
      '',
      '//example.com/',
      'https://',
      'https://exa mple.com/',
      `https://example.com/${'a'.repeat(2_048)}`,
    ],
    ['other schemes', 'ftp://example.com/', 'file:///etc/passwd', 'javascript:alert(1)', 'gopher://example.com/'],
    ['plain http', 'http://example.com/', 'http://93.184.215.14/', 'HTTP://example.com'],
    [
      'credentials',
      'https://user@example.com/',
      'https://user:password@example.com/',
      'https://:password@example.com/',
    ],
    [
      'loopback, spelled in all ways',
      'https://127.0.0.1/',
      'https://127.1/',
      'https://2130706433/',
      'https://0x7f000001/',
    ],
    [
      'octal, hexadecimal, mixed',
      'https://0177.0.0.1/',
      'https://0x7f.0.0x0.1/',
      'https://017700000001/',
      'https://127.0.0.1./',
    ],
    [
      'encoded and wide',
      'https://%31%32%37.0.0.1/',
      'https://１２７.０.０.１/',
      'https://①②⑦.⓪.⓪.①/',
      'https://127。0。0。1/',
    ],
    ['nothing at all', 'https://0/', 'https://0.0.0.0/', 'https://[::]/', 'https://[::0]/'],
    [
      'IPv6 loopback',
      'https://[::1]/',
      'https://[0:0:0:0:0:0:0:1]/',
      'https://[0000:0000:0000:0000:0000:0000:0000:0001]/',
    ],
    ['mapped', 'https://[::ffff:127.0.0.1]/', 'https://[::ffff:7f00:1]/', 'https://[0:0:0:0:0:ffff:a9fe:a9fe]/'],
    ['compatible and translated', 'https://[::127.0.0.1]/', 'https://[::ffff:0:127.0.0.1]/'],
    ['NAT64', 'https://[64:ff9b::10.0.0.1]/', 'https://[64:ff9b::a9fe:a9fe]/', 'https://[64:ff9b:1::808:808]/'],
    [
      '6to4, Teredo, ISATAP',
      'https://[2002:7f00:1::]/',
      'https://[2001:0:7f00:1::]/',
      'https://[2606:4700::5efe:10.0.0.1]/',
    ],
    ['zones', 'https://[fe80::1%25eth0]/', 'https://[fe80::1%eth0]/'],
    [
      'metadata',
      'https://169.254.169.254/latest/',
      'https://[fd00:ec2::254]/',
      'https://100.100.100.200/',
      'https://168.63.129.16/',
    ],
    [
      'names that are local',
      'https://localhost/',
      'https://LOCALHOST./',
      'https://a.localhost/',
      'https://printer.local/',
    ],
    ['names of networks', 'https://metadata.google.internal/', 'https://router.home.arpa/'],
  ]
  for (const [name, ...urls] of refused) {
    for (const url of urls) {
      t.throws(() => outbound.assertUrl(url), { code: 'invalidValue' }, `${name}: ${url.slice(0, 60)}`)
      await t.rejects(outbound.post(url, call), { code: 'invalidValue' }, 'and not when it is called')
    }
  }
  const accepted = [
    'https://example.com',
    'https://example.com:8443/a?b=c',
    'https://93.184.215.14/',
    'https://[2606:4700::1111]/',
  ]
  for (const url of accepted) t.doesNotThrow(() => outbound.assertUrl(url), url)
  t.equal(looks(), 0, 'no name was resolved for that')
  for (const url of ['https://user:geheim@example.com/?token=geheim', 'http://geheim.example.com/', 'geheim']) {
    const error = await outbound.post(url, call).catch((refusal) => refusal)
    t.equal(error.code, 'invalidValue')
    t.notMatch(error.message, /geheim/, 'the URL is not repeated')
  }
})

t.test('what an operator may allow', async (t) => {
  for (const entry of [
    '',
    'a b',
    'https://example.com',
    '10.0.0.0/33',
    '10.0.0.0/',
    '::1/129',
    '10.0.0.0/8/8',
    '1.2.3',
    'fe80::1%eth0',
    '::ffff:10.0.0.0/104',
  ]) {
    t.throws(() => parseAllowedHosts(['example.com', entry]), /number 2 is none/, entry)
  }
  t.equal(parseAllowedHosts(['Host.Docker.Internal']).hasName('host.docker.internal'), true)
})

t.test('no address of a refused range is reached in any wrapping', async (t) => {
  const parts = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255))
  const privates: ((rest: number[]) => number[])[] = [
    ([, b = 0, c = 0, d = 0]) => [10, b, c, d],
    ([, b = 0, c = 0, d = 0]) => [127, b, c, d],
    ([, b = 0, c = 0, d = 0]) => [0, b, c, d],
    ([, b = 0, c = 0, d = 0]) => [172, 16 + (b % 16), c, d],
    ([, , c = 0, d = 0]) => [192, 168, c, d],
    ([, , c = 0, d = 0]) => [169, 254, c, d],
    ([, b = 0, c = 0, d = 0]) => [100, 64 + (b % 64), c, d],
    ([, b = 0, c = 0, d = 0]) => [198, 18 + (b % 2), c, d],
    ([a = 0, b = 0, c = 0, d = 0]) => [224 + (a % 32), b, c, d],
  ]
  const hex = (high = 0, low = 0) => ((high << 8) | low).toString(16)
  const wrappings: ((octets: number[]) => string)[] = [
    ([a, b, c, d]) => `${a}.${b}.${c}.${d}`,
    ([a, b, c, d]) => `::ffff:${a}.${b}.${c}.${d}`,
    ([a, b, c, d]) => `0:0:0:0:0:ffff:${hex(a, b)}:${hex(c, d)}`,
    ([a, b, c, d]) => `::${hex(a, b)}:${hex(c, d)}`,
    ([a, b, c, d]) => `64:ff9b::${hex(a, b)}:${hex(c, d)}`,
    ([a, b, c, d]) => `64:ff9b:1::${hex(a, b)}:${hex(c, d)}`,
    ([a, b, c, d]) => `2002:${hex(a, b)}:${hex(c, d)}::1`,
    ([a, b, c, d]) => `2001:0:${hex(a, b)}:${hex(c, d)}::`,
    ([a, b, c, d]) => `2600:1::5efe:${hex(a, b)}:${hex(c, d)}`,
    ([a, b, c, d]) => `2600:1::200:5efe:${hex(a, b)}:${hex(c, d)}`,
    ([a, b, c, d]) => `fc${hex(0, a).padStart(2, '0')}::${hex(b, c)}:${hex(d)}`,
    ([a, b, c, d]) => `fe80::${hex(a, b)}:${hex(c, d)}`,
    ([a, b, c, d]) => `fec0::${hex(a, b)}:${hex(c, d)}`,
    ([a, b, c, d]) => `ff02::${hex(a, b)}:${hex(c, d)}`,
  ]
  t.comment(`seed ${seed}`)
  const { outbound } = open(t)
  const wrapped = fc.tuple(parts, fc.constantFrom(...privates), fc.constantFrom(...wrappings))
  fc.assert(
    fc.property(wrapped, ([rest, makePrivate, wrap]) => {
      const text = wrap(makePrivate(rest))
      const address = parseAddress(text)
      t.not(address, undefined, text)
      if (address !== undefined && isPublicAddress(address)) throw new Error(`${text} passes for public`)
      const url = `https://${text.includes(':') ? `[${text}]` : text}/`
      t.throws(() => outbound.assertUrl(url), { code: 'invalidValue' })
    }),
    { seed, numRuns: 500 },
  )
  for (const text of [
    '8.8.8.8',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
    '2606:4700::1111',
    '172.32.0.1',
    '100.128.0.1',
  ]) {
    const address = parseAddress(text)
    t.equal(address !== undefined && isPublicAddress(address), true, text)
  }
})
