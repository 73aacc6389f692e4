import type { FastifyInstance } from 'fastify'
import { parseStrictJson } from '../strict-json.ts'

const jsonMediaTypes = /^application\/(?:[\w.-]+\+)?json(?:\s*;|$)/i

/**
 * Reads `application/json` and `application/…+json` bodies strictly, and nothing else. An empty body is undefined:
 * clients send the header with a POST that has nothing to say; where a body is needed, its schema refuses undefined.
 */
export function acceptJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(jsonMediaTypes, { parseAs: 'string' }, async (_request: unknown, text: string | Buffer) =>
    text.length === 0 ? undefined : parseStrictJson(String(text)),
  )
}
