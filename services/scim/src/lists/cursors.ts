import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import type { ListPosition } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'

/** How long a client may take from one page to the next; advertised as `cursorTimeout`. */
export const cursorSeconds = 3_600

const nonceBytes = 12
const tagBytes = 16

/** What a cursor is good for: the same query of the same directory. */
export interface CursorPlace {
  directoryId: string
  /** Everything that decides about which resources come in which order. */
  query: readonly (string | undefined)[]
}

/** Where a walk by cursor stands (RFC 9865). */
export interface CursorState {
  position: ListPosition
  /** Resources on a page, as the first request said. */
  count: number
  /** All that matched when the walk began. */
  total: number
}

/** The key for cursors of this installation, kept apart from other uses of the same secret. */
export function cursorKey(pepper: string): Buffer {
  return Buffer.from(hkdfSync('sha256', pepper, '', 'muster scim cursor', 32))
}

/**
 * A cursor holds the position itself, so the service keeps nothing. It is encrypted, not only signed: the position may be a name, and
 * cursors stand in addresses. AES-256-GCM binds it to directory and query; base64url has only unreserved characters.
 */
export function sealCursor(key: Buffer, place: CursorPlace, { position, count, total }: CursorState): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(additionalData(place))
  const expiresAt = Math.floor(Date.now() / 1_000) + cursorSeconds
  const plain = JSON.stringify([expiresAt, count, total, position])
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

/** @throws `invalidCursor` for one that we did not make for this query of this directory; `expiredCursor` */
export function openCursor(key: Buffer, place: CursorPlace, cursor: string): CursorState {
  const sealed = Buffer.from(cursor, 'base64url')
  // Decoding passes over what it does not know, so that many texts would mean one cursor.
  if (sealed.toString('base64url') !== cursor) throw invalidCursor()
  const [expiresAt, count, total, position] = decrypt(key, place, sealed)
  if (expiresAt < Date.now() / 1_000) {
    throw new MusterError('expiredCursor', `A cursor is good for ${cursorSeconds} seconds; begin again.`)
  }
  return { count, total, position }
}

function decrypt(key: Buffer, place: CursorPlace, sealed: Buffer): [number, number, number, ListPosition] {
  if (sealed.length < nonceBytes + tagBytes) throw invalidCursor()
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(additionalData(place))
  decipher.setAuthTag(sealed.subarray(-tagBytes))
  try {
    const plain = Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()])
    return JSON.parse(plain.toString('utf8'))
  } catch {
    throw invalidCursor()
  }
}

function additionalData({ directoryId, query }: CursorPlace): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([directoryId, ...query]))
    .digest()
}

/** One answer for all of it: nobody learns whether a cursor was forged or belongs to another directory. */
function invalidCursor(): MusterError {
  return new MusterError('invalidCursor', 'The cursor does not belong to this query.')
}
