import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto'

export interface SignedToken {
  header: Record<string, unknown>
  claims: Record<string, unknown>
}

/** The parts of a JWT signed by RS256 with this key, or with the one in its header. Undefined for any other. */
export function verifyToken(jwt: string, key?: KeyObject): SignedToken | undefined {
  try {
    const [head = '', body = '', signature = ''] = jwt.split('.')
    const [header, claims] = [head, body].map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
    const signer = key ?? createPublicKey({ key: header.jwk as JsonWebKey, format: 'jwk' })
    const isGenuine =
      header.alg === 'RS256' &&
      verify('sha256', Buffer.from(`${head}.${body}`), signer, Buffer.from(signature, 'base64url'))
    return isGenuine ? { header, claims } : undefined
  } catch {
    return undefined
  }
}
