import { MusterError } from '@muster/runtime/errors'
import { parseStrictJson } from '@muster/runtime/strict-json'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { acceptedJson } from '../requests/media-ranges.ts'

const scimMediaType = 'application/scim+json'
export const scimContentType = `${scimMediaType}; charset=utf-8`
const acceptedMediaTypes = [scimMediaType, 'application/json', 'text/json']

/** Reads JSON bodies under the media types that clients use, none at all included (RFC 7644 §3.8, checklist 16). */
export function acceptScimBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  const parse = async (_request: FastifyRequest, body: string | Buffer): Promise<unknown> =>
    body.length === 0 ? undefined : parseStrictJson(String(body))
  app.addContentTypeParser(acceptedMediaTypes, { parseAs: 'string' }, parse)
  app.addContentTypeParser('*', { parseAs: 'string' }, async (request: FastifyRequest, body: string | Buffer) => {
    if (request.headers['content-type'] !== undefined) {
      throw new MusterError('unsupportedMediaType', `Send ${scimMediaType} or application/json.`)
    }
    return parse(request, body)
  })
}

/** What an answer is sent as. A client that accepts no JSON at all reads its error as JSON, too: there is nothing else. */
export function responseContentType({ headers: { accept } }: FastifyRequest): string {
  return acceptedJson(accept) === 'application/json' ? 'application/json; charset=utf-8' : scimContentType
}

/** @throws `notAcceptable` for a client that accepts no JSON, unless its directory lets that pass */
export function checkAcceptable({ headers: { accept } }: FastifyRequest, profile: { ignoreUnacceptable: boolean }) {
  if (profile.ignoreUnacceptable || acceptedJson(accept) !== undefined) return
  throw new MusterError('notAcceptable', `Answers are ${scimMediaType} or application/json.`)
}
