import { generateKeyPairSync, type KeyObject } from 'node:crypto'

/** A key of a service account: in PEM as the key file has it, and what its signatures are checked with. */
export interface GoogleKey {
  pem: string
  publicKey: KeyObject
}

const keys = new Map<'registered' | 'other', GoogleKey>()

/** A key that fakes know, or one that none does. Made once in a process: it takes a moment. */
export function googleKey(which: 'registered' | 'other'): GoogleKey {
  const known = keys.get(which)
  if (known !== undefined) return known
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const key = { pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), publicKey }
  keys.set(which, key)
  return key
}
