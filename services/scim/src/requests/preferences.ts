import type { FastifyRequest } from 'fastify'

/** How much of the resource the client wants back from a write (RFC 7240 §4.2, RFC 7644 §3.5). */
export type ReturnPreference = 'minimal' | 'representation'

/** The client's `Prefer: return=…`; anything else it prefers is not known here and left alone (RFC 7240 §2). */
export function returnPreference(request: FastifyRequest): ReturnPreference | undefined {
  const header = request.headers.prefer
  if (header === undefined) return undefined
  const value = /(?:^|[,;])\s*return\s*=\s*"?(minimal|representation)"?\s*(?:[,;]|$)/i.exec(String(header))?.[1]
  return value?.toLowerCase() as ReturnPreference | undefined
}
