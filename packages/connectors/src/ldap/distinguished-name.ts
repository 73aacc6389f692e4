/** OIDs of attribute types that have a short name in every DN (RFC 4514 §3). */
const shortNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'cn',
  '2.5.4.6': 'c',
  '2.5.4.7': 'l',
  '2.5.4.8': 'st',
  '2.5.4.9': 'street',
  '2.5.4.10': 'o',
  '2.5.4.11': 'ou',
  '0.9.2342.19200300.100.1.1': 'uid',
  '0.9.2342.19200300.100.1.25': 'dc',
}

/** BER tags of the strings whose bytes are UTF-8: octets, UTF8, printable and IA5 strings. */
const stringTags = [0x04, 0x0c, 0x13, 0x16]

const typePattern = /^([a-z][a-z0-9-]*|\d+(\.\d+)*)$/
/** A type, `=`, then escapes or anything but what must be escaped, up to a separator or the end. */
const pairPattern = /\s*([A-Za-z0-9.-]+)\s*=((?:\\[0-9A-Fa-f]{2}|\\[^0-9A-Fa-f]|[^\\,;+"<>])*)([,;+]|$)/y

/**
 * A distinguished name as it is compared: types in lower case and by their short names, values without needless escapes,
 * folded, with single spaces, the parts of a multi-valued name in order (RFC 4514, and caseIgnoreMatch of RFC 4518).
 * Undefined when the text is none. The name of the root is empty.
 */
export function normaliseDistinguishedName(text: string): string | undefined {
  const names: string[] = []
  let parts: string[] = []
  let position = 0
  while (position < text.length) {
    pairPattern.lastIndex = position
    const [whole, type = '', value = '', separator = ''] = pairPattern.exec(text) ?? []
    const part = whole === undefined ? undefined : normalisePair(type, value)
    if (whole === undefined || part === undefined) return text.trim() === '' ? '' : undefined
    parts.push(part)
    position += whole.length
    if (separator === '+') continue
    names.push(parts.sort().join('+'))
    parts = []
  }
  // A separator must have something behind it.
  return /(^|[^\\])(\\\\)*[,;+]\s*$/.test(text) ? undefined : names.join(',')
}

function normalisePair(type: string, value: string): string | undefined {
  const folded = type.toLowerCase().replace(/^oid\./, '')
  if (!typePattern.test(folded)) return undefined
  const text = value.trimStart().startsWith('#')
    ? decodeHex(value.trim().slice(1))
    : escapeValue(fold(withoutEscapes(value)))
  return text === undefined ? undefined : `${shortNames[folded] ?? folded}=${text}`
}

function decodeHex(hex: string): string | undefined {
  if (!/^([0-9a-f]{2})+$/i.test(hex)) return undefined
  const bytes = Buffer.from(hex, 'hex')
  const [tag = 0, length = 0] = bytes
  const isShortString = stringTags.includes(tag) && length < 0x80 && bytes.length === length + 2
  return isShortString ? escapeValue(fold(bytes.subarray(2).toString())) : `#${hex.toLowerCase()}`
}

function withoutEscapes(value: string): string {
  return value.replace(/(?:\\[0-9A-Fa-f]{2})+|\\(.)/gs, (escaped, character: string | undefined) =>
    character === undefined ? Buffer.from(escaped.replaceAll('\\', ''), 'hex').toString() : character,
  )
}

function fold(value: string): string {
  return value.normalize('NFKC').toLowerCase().normalize('NFKC').replace(/\s+/g, ' ').trim()
}

function escapeValue(value: string): string {
  return value.replace(/^#|[\\",;+<>]/g, '\\$&').replaceAll('\0', '\\00')
}
