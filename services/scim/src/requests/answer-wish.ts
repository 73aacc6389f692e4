import type { Selection } from '@muster/scim'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { returnPreference } from './preferences.ts'

/**
 * Which attributes the answer to a write shows; undefined for no body. `attributes` in the query always wins
 * (RFC 7644 §3.5.2: the client gets them), then `Prefer: return=…`, then what the route does by itself.
 */
export function answerWish(
  request: FastifyRequest,
  reply: FastifyReply,
  own: { selection: Selection; isDefault: boolean },
): Selection | undefined {
  const asksForAttributes = own.selection.kind === 'only'
  const preference = returnPreference(request)
  const shows = asksForAttributes || (preference === undefined ? own.isDefault : preference === 'representation')
  if (preference !== undefined && shows === (preference === 'representation')) {
    reply.header('preference-applied', `return=${preference}`)
  }
  return shows ? own.selection : undefined
}
