import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Setting } from './settings.ts'

const envelopeVersion = 1
const nonceBytes = 12
const tagBytes = 16
const keyBytes = 32

export interface SecretKey {
  /** At most 255 bytes of UTF-8; stands in the clear in front of every ciphertext made with the key. */
  readonly id: string
  /** 32 bytes. */
  readonly bytes: Buffer
}

/** Where a secret belongs. Part of the authenticated data: a ciphertext opens only in the place it was made for. */
export interface SecretPlace {
  readonly organizationId: string
  /** The row the secret belongs to inside the organization, for example a directory. */
  readonly ownerId: string
  readonly column: string
}

export class SecretBoxError extends Error {
  override readonly name = 'SecretBoxError'
}

export function newSecretKey(id: string): SecretKey {
  return { id, bytes: randomBytes(keyBytes) }
}

/**
 * Encrypts with AES-256-GCM. Envelope: version (1 byte), length of key id (1 byte), key id, nonce (12 random bytes),
 * ciphertext, tag (16 bytes). The additional data binds version, key id and place.
 */
export function sealSecret(key: SecretKey, place: SecretPlace, plaintext: Buffer): Buffer {
  assertKey(key)
  const header = envelopeHeader(key.id)
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: tagBytes })
  cipher.setAAD(additionalData(header, place))
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return Buffer.concat([header, nonce, sealed, cipher.getAuthTag()])
}

/** The inverse of sealSecret. Throws SecretBoxError when the key, the place or a single bit is not the original one. */
export function openSecret(keys: readonly SecretKey[], place: SecretPlace, envelope: Buffer): Buffer {
  const keyId = keyIdOf(envelope)
  const key = keys.find((candidate) => candidate.id === keyId)
  if (key === undefined) throw new SecretBoxError(`No key "${keyId}" to open this secret with`)
  assertKey(key)
  const header = envelopeHeader(key.id)
  const body = envelope.subarray(header.length)
  if (body.length < nonceBytes + tagBytes) throw new SecretBoxError('The sealed secret is truncated')
  const decipher = createDecipheriv('aes-256-gcm', key.bytes, body.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(additionalData(header, place))
  decipher.setAuthTag(body.subarray(-tagBytes))
  try {
    return Buffer.concat([decipher.update(body.subarray(nonceBytes, -tagBytes)), decipher.final()])
  } catch {
    throw new SecretBoxError('The sealed secret does not belong here, or was altered')
  }
}

/** The id of the key that sealed this envelope: what a rotation looks for. */
export function keyIdOf(envelope: Buffer): string {
  const length = envelope[1]
  if (envelope[0] !== envelopeVersion || length === undefined || envelope.length < 2 + length) {
    throw new SecretBoxError('This is not a sealed secret')
  }
  return envelope.toString('utf8', 2, 2 + length)
}

/**
 * Parses root keys: `id:base64` of 32 bytes, comma-separated, the current one first. Older keys only open.
 * Errors never quote the text.
 */
export function parseRootKeys(text: string): [SecretKey, ...SecretKey[]] {
  const keys = text.split(',').map((entry): SecretKey => {
    const [id, encoded, ...rest] = entry.trim().split(':')
    const bytes = Buffer.from(encoded ?? '', 'base64')
    if (!id || rest.length > 0 || bytes.length !== keyBytes) {
      throw new Error('must be a comma-separated list of id:base64, each 32 bytes, the current key first')
    }
    return { id, bytes }
  })
  const [current, ...older] = keys
  if (current === undefined) throw new Error('must hold at least one key')
  if (new Set(keys.map((key) => key.id)).size !== keys.length) throw new Error('holds two keys with one id')
  return [current, ...older]
}

/** Root keys by an environment variable. */
export function rootKeysSetting(name: string): Setting<ReturnType<typeof parseRootKeys>> {
  return { name, parse: parseRootKeys }
}

function envelopeHeader(keyId: string): Buffer {
  const id = Buffer.from(keyId, 'utf8')
  return Buffer.concat([Buffer.from([envelopeVersion, id.length]), id])
}

/** Fields are separated by a byte that none of them can hold, so that no two places encode alike. */
function additionalData(header: Buffer, place: SecretPlace): Buffer {
  const fields = [place.organizationId, place.ownerId, place.column]
  if (fields.some((field) => field.includes('\0'))) throw new SecretBoxError('A place cannot hold a NUL character')
  return Buffer.concat([header, Buffer.from(`\0${fields.join('\0')}`, 'utf8')])
}

function assertKey(key: SecretKey): void {
  if (key.bytes.length !== keyBytes) throw new SecretBoxError('A secret key has 32 bytes')
  if (Buffer.byteLength(key.id) > 255) throw new SecretBoxError('The id of a secret key has at most 255 bytes')
}
