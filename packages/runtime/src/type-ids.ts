import { v7 as uuidv7 } from 'uuid'

/** Prefixes of the ids that other people see. */
export const idPrefixes = {
  organization: 'org',
  directory: 'directory',
  user: 'user',
  group: 'group',
  event: 'event',
  token: 'token',
  apiKey: 'key',
  hold: 'hold',
  roleMapping: 'rolemap',
  settlement: 'settlement',
  auditEntry: 'audit',
  webhookEndpoint: 'webhook',
  hook: 'hook',
  syncRun: 'run',
} as const

export type IdKind = keyof typeof idPrefixes

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const suffixPattern = /^[0-7][0-9abcdefghjkmnpqrstvwxyz]{25}$/
const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** A new UUIDv7: sortable by time of creation. */
export function newUuid(): string {
  return uuidv7()
}

/** Whether the text is a UUID in its canonical form; checked before it reaches SQL. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text)
}

/** The TypeID (prefix, underscore, 26 characters of Crockford base32) of a UUID. */
export function toTypeId(kind: IdKind, uuid: string): string {
  return `${idPrefixes[kind]}_${encodeUuid(uuid)}`
}

/** The UUID of a TypeID of this kind; undefined when the text is anything else. */
export function fromTypeId(kind: IdKind, text: string): string | undefined {
  const prefix = `${idPrefixes[kind]}_`
  return text.startsWith(prefix) ? decodeUuid(text.slice(prefix.length)) : undefined
}

/** Two characters for every ten bits: ids are encoded by the thousands. */
const pairs = Array.from({ length: 1_024 }, (_, bits) => `${alphabet[bits >> 5]}${alphabet[bits & 31]}`)

/** 128 bits as 26 base32 characters, most significant first: the part of a TypeID behind its prefix. */
export function encodeUuid(uuid: string): string {
  const hex = uuid.replaceAll('-', '')
  // The first two characters hold eight bits, each four behind them twenty.
  let text = pairs[Number.parseInt(hex.slice(0, 2), 16)] ?? ''
  for (let at = 2; at < 32; at += 5) {
    const bits = Number.parseInt(hex.slice(at, at + 5), 16)
    text += `${pairs[bits >> 10]}${pairs[bits & 1_023]}`
  }
  return text
}

/** The inverse of encodeUuid; undefined when the text is not such a suffix. */
export function decodeUuid(suffix: string): string | undefined {
  if (!suffixPattern.test(suffix)) return undefined
  let value = 0n
  for (const character of suffix) value = (value << 5n) | BigInt(alphabet.indexOf(character))
  const hex = value.toString(16).padStart(32, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
