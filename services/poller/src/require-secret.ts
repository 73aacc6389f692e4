import { createHash, timingSafeEqual } from 'node:crypto'
import { MusterError } from '@muster/runtime/errors'
import { bearerToken } from '@muster/runtime/http/bearer'
import type { FastifyInstance } from 'fastify'

/** Lets only requests through that show the secret: `Authorization: Bearer …`. */
export function requireSecret(app: FastifyInstance, secret: string): void {
  const expected = digest(secret)
  app.addHook('onRequest', async (request) => {
    const shown = digest(bearerToken(request.headers.authorization) ?? '')
    // Digests have one length, and comparing them takes the same time wherever they differ.
    if (timingSafeEqual(shown, expected)) return
    throw new MusterError('unauthenticated', 'The internal secret is required: Authorization: Bearer …')
  })
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
