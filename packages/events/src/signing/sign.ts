import { Webhook } from 'standardwebhooks'

/** What is signed: the id and the body stay the same in every attempt, the time is the attempt's own. */
export interface SignedMessage {
  id: string
  timestamp: Date
  body: string
}

/**
 * The headers of a message after Standard Webhooks: `webhook-id`, `webhook-timestamp` (Unix seconds) and
 * `webhook-signature`, one `v1,<base64>` for each secret, so that receivers with either accept it while secrets are
 * exchanged. Secrets are `whsec_…`, see `newSigningSecret`.
 */
export function signMessage({ id, timestamp, body }: SignedMessage, secrets: readonly string[]) {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(timestamp.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, timestamp, body)).join(' '),
  }
}
