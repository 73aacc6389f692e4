import { randomBytes } from 'node:crypto'

/** Standard Webhooks wants between 24 and 64 bytes. */
const secretBytes = 32

/** A new secret to sign with: `whsec_` and 32 random bytes in base64. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(secretBytes).toString('base64')}`
}
