/** How far the time of a message may be from now (Standard Webhooks). */
const toleranceSeconds = 5 * 60
const scheme = 'v1,'
const secretPrefix = 'whsec_'

/** A message as it arrived; `body` is exactly what was signed. */
export interface ReceivedMessage {
  headers: Headers
  body: Uint8Array
}

/**
 * Whether a message was signed with one of the secrets (`whsec_…`) and lately (standardwebhooks.com). Signatures are
 * compared by Web Crypto, in constant time.
 */
export async function isGenuine(
  { headers, body }: ReceivedMessage,
  secrets: readonly string[],
  now: number = Date.now(),
): Promise<boolean> {
  const [id, timestamp] = [headers.get('webhook-id'), headers.get('webhook-timestamp')]
  if (!id || !timestamp || !/^\d{1,12}$/.test(timestamp)) return false
  if (Math.abs(now / 1_000 - Number(timestamp)) > toleranceSeconds) return false
  const given = (headers.get('webhook-signature') ?? '').split(' ').filter((each) => each.startsWith(scheme))
  const signatures = given.flatMap((each) => fromBase64(each.slice(scheme.length)) ?? [])
  const content = concat(new TextEncoder().encode(`${id}.${timestamp}.`), body)
  for (const secret of secrets) {
    const key = await importSecret(secret)
    for (const signature of signatures) {
      if (await crypto.subtle.verify('HMAC', key, signature, content)) return true
    }
  }
  return false
}

/** @throws TypeError for what is no secret, without showing it */
export function assertSecrets(secrets: readonly string[]): void {
  for (const secret of secrets) {
    if (!keyBytes(secret)?.length) throw new TypeError('A secret must be whsec_ and base64')
  }
}

function importSecret(secret: string) {
  const bytes = keyBytes(secret) ?? new Uint8Array()
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
}

function keyBytes(secret: string): Uint8Array<ArrayBuffer> | undefined {
  return secret.startsWith(secretPrefix) ? fromBase64(secret.slice(secretPrefix.length)) : undefined
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}
