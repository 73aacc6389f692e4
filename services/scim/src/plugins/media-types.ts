import { MusterError } from '@muster/runtime/errors'
import { parseStrictJson } from '@muster/runtime/strict-json'
import type { FastifyInstance, FastifyRequest } from 'fastify'

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

/** `application/json` when that is all the client accepts (OneLogin), else `application/scim+json` (checklist 17). */
export function responseMediaType(request: FastifyRequest): string {
  const accept = request.headers.accept ?? ''
  const jsonOnly = accept.includes('application/json') && !/scim\+json|\*\/\*|application\/\*/.test(accept)
  return jsonOnly ? 'application/json; charset=utf-8' : scimContentType
}
