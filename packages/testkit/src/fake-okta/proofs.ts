import { createHash, randomUUID } from 'node:crypto'
import { verifyToken } from './signed-token.ts'

const proofSeconds = 300

interface ProofOf {
  method: string
  url: string
  /** Bound to this access token. */
  accessToken?: string
  /** Must name the nonce that was given out. */
  withNonce?: boolean
}

/** The key that a proof shows, as text; or what is wrong with it. */
export interface CheckedProof {
  key?: string
  refused?: 'invalid_dpop_proof' | 'use_dpop_nonce'
}

/** Proofs of possession (RFC 9449): each is good once. */
export function createProofs() {
  const used = new Set<string>()
  const nonce = randomUUID()
  return {
    nonce,
    keyOf: (proof: string | undefined, { method, url, accessToken, withNonce }: ProofOf): CheckedProof => {
      const token = proof === undefined ? undefined : verifyToken(proof)
      if (token === undefined) return { refused: 'invalid_dpop_proof' }
      const { typ, jwk } = token.header
      const { htm, htu, iat, jti, nonce: named, ath } = token.claims
      const hash = accessToken === undefined ? undefined : createHash('sha256').update(accessToken).digest('base64url')
      const isFresh = typeof iat === 'number' && Math.abs(Date.now() / 1_000 - iat) < proofSeconds
      const isFor = typ === 'dpop+jwt' && htm === method && htu === url && ath === hash
      if (!isFresh || !isFor || typeof jti !== 'string' || used.has(jti)) return { refused: 'invalid_dpop_proof' }
      if (withNonce === true && named !== nonce) return { refused: 'use_dpop_nonce' }
      used.add(jti)
      return { key: JSON.stringify(jwk) }
    },
  }
}
