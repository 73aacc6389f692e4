import { canonicalInstant, comparisonKey } from '@muster/scim'
import { seed, times } from '@muster/testkit/effort'
import fc from 'fast-check'
import t from 'tap'

t.test('#34 #58 a comparison key folds case and compatibility forms', async (t) => {
  const same: [string, string][] = [
    ['JANE@X.test', 'jane@x.TEST'],
    ['Ångström', 'A\u030angstro\u0308m'],
    ['ＡＢＣ', 'abc'],
    ['ﬁx', 'FIX'],
    ['ΝΙΚΟΣ', 'νικοσ'],
    ['νικος', 'ΝΙΚΟΣ'],
  ]
  for (const [left, right] of same) t.equal(comparisonKey(left), comparisonKey(right), left)
  t.not(comparisonKey('straße'), comparisonKey('strase'))
  t.equal(comparisonKey(''), '')
})

t.test('#34 a comparison key is stable under repetition', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const key = comparisonKey(text)
      return comparisonKey(key) === key
    }),
    { seed, numRuns: times(1_000, 50_000) },
  )
  const unstable = []
  for (let point = 0; point <= 0x10ffff; point++) {
    const character = String.fromCodePoint(point)
    const key = comparisonKey(character)
    if (key !== character && comparisonKey(key) !== key) unstable.push(point)
  }
  t.same(unstable, [], 'every code point')
})

t.test('#32 #57 instants are fixed-width UTC, so that text order is time order', async (t) => {
  const cases: [string, string | undefined][] = [
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000000Z'],
    ['2026-01-01t00:00:00z', '2026-01-01T00:00:00.000000Z'],
    ['2026-01-01T00:00:00', '2026-01-01T00:00:00.000000Z'],
    ['2026-01-01T00:00:00.1234567Z', '2026-01-01T00:00:00.123456Z'],
    ['2026-01-01T00:30:00.5+01:00', '2025-12-31T23:30:00.500000Z'],
    ['2026-01-01T00:30:00-05:30', '2026-01-01T06:00:00.000000Z'],
    ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00.000000Z'],
    ['2026-02-29T12:00:00Z', undefined],
    ['2026-13-01T00:00:00Z', undefined],
    ['2026-01-01T25:00:00Z', undefined],
    ['2026-01-01T00:00:00+15:00', undefined],
    ['0001-01-01T00:00:00+01:00', undefined],
    ['9999-12-31T23:59:59-01:00', undefined],
    ['2026-01-01', undefined],
    ['yesterday', undefined],
    ['', undefined],
  ]
  for (const [text, instant] of cases) t.equal(canonicalInstant(text), instant, text)
})

/** RFC 8265 §3.3.2 (UsernameCaseMapped): width mapping, lower case, NFC. */
function usernameCaseMapped(text: string): string {
  const width = text.replace(/[\uff00-\uffef\u3000]/g, (character) => character.normalize('NFKC'))
  return width.toLowerCase().normalize('NFC')
}

t.test('#34 user names are the same where PRECIS says so', async (t) => {
  // IdentifierClass (RFC 8264 §4.2): letters, digits, marks and ASCII, but nothing with a compatibility form.
  const isIdentifier = (character: string) =>
    /^[\p{L}\p{N}\p{M}\x21-\x7e]$/u.test(character) && character.normalize('NFKC') === character
  const differing = []
  for (let point = 0; point <= 0x10ffff; point++) {
    const character = String.fromCodePoint(point)
    if (!isIdentifier(character)) continue
    const mapped = usernameCaseMapped(character)
    // Within the class ours folds what PRECIS folds and no more, except that a final sigma is a sigma everywhere.
    if (comparisonKey(character) !== mapped && mapped !== 'ς') differing.push(point)
  }
  t.same(differing, [])
  const wide = 'ＪＡＮＥ１'
  t.equal(comparisonKey(wide), usernameCaseMapped(wide))
  for (const [left, right] of [
    ['Fußball', 'fussball'],
    ['jane', 'jané'],
    ['jane', 'jane '],
    ['dotless ı', 'dotless i'],
  ] as const) {
    t.not(comparisonKey(left), comparisonKey(right), 'what PRECIS keeps apart stays apart')
    t.not(usernameCaseMapped(left), usernameCaseMapped(right))
  }
})
