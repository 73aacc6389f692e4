import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const secretBytes = 32

/** A secret that a source shows with what it tells: 43 characters of base64url. It is shown or handed over once, and not kept. */
export function newChannelSecret(): string {
  return randomBytes(secretBytes).toString('base64url')
}

/** What is kept of it. Nobody guesses 256 random bits, so that a plain hash will do. */
export function hashChannelSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** Whether a text is one of the secrets with these hashes; takes as long for every text. */
export function isChannelSecret(text: string, hashes: readonly Buffer[]): boolean {
  const shown = hashChannelSecret(text)
  return hashes.map((hash) => timingSafeEqual(shown, hash)).includes(true)
}
