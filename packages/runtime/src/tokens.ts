import { createHash, createHmac, randomInt } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const randomLength = 30
const checksumLength = 6
const shape = /^muster_(scim|key)_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/

export type TokenKind = 'scim' | 'key'

/**
 * Makes a bearer token: `muster_scim_` or `muster_key_`, 30 random base62 characters (178 bits), 6 characters of
 * checksum so that a secret scanner can tell a real token from a look-alike without asking us.
 */
export function generateToken(kind: TokenKind): string {
  const random = Array.from({ length: randomLength }, () => alphabet[randomInt(alphabet.length)]).join('')
  return `muster_${kind}_${random}${checksum(kind, random)}`
}

/** Whether the text has the shape and checksum of a token of this kind: a wrong one costs no database read. */
export function isToken(kind: TokenKind, text: string): boolean {
  const match = shape.exec(text)
  return match !== null && match[1] === kind && match[3] === checksum(kind, match[2] ?? '')
}

/** What is stored and looked up: HMAC-SHA-256 under the installation's pepper. The token itself is never stored. */
export function hashToken(pepper: string, token: string): Buffer {
  return createHmac('sha256', pepper).update(token).digest()
}

function checksum(kind: TokenKind, random: string): string {
  let rest = createHash('sha256').update(`${kind}:${random}`).digest().readUIntBE(0, 6)
  let text = ''
  for (let index = 0; index < checksumLength; index++) {
    text += alphabet[rest % alphabet.length]
    rest = Math.floor(rest / alphabet.length)
  }
  return text
}
