import { MusterError } from '@muster/runtime/errors'
import { generateToken, hashToken, type TokenKind } from '@muster/runtime/tokens'

/** Characters of a secret that are shown later, so that a person can tell two apart. */
const hintCharacters = 4

interface IssuedCredential {
  /** Shown once, stored nowhere. */
  secret: string
  credential: { hash: Buffer; hint: string; expiresAt: Date | null }
}

/**
 * Makes a token or key and what is stored of it. `expiresAt` is ISO 8601; without one it does not expire.
 * @throws `invalidValue` when it is not in the future
 */
export function issueCredential(kind: TokenKind, pepper: string, expiresAt: string | undefined): IssuedCredential {
  const secret = generateToken(kind)
  return {
    secret,
    credential: {
      hash: hashToken(pepper, secret),
      hint: secret.slice(-hintCharacters),
      expiresAt: expiresAt === undefined ? null : futureDate(expiresAt),
    },
  }
}

function futureDate(text: string): Date {
  const date = new Date(text)
  // Not a number for a leap second, which the format lets pass.
  if (date.getTime() > Date.now()) return date
  throw new MusterError('invalidValue', 'body.expiresAt must be in the future.')
}
