import type { FastifyReply, FastifyRequest } from 'fastify'
import { ifNoneMatch, isAmong } from '../requests/preconditions.ts'
import type { JsonText } from './json-text.ts'
import { sendText } from './send-text.ts'

/** A resource as JSON text, with what its headers say. */
export interface ResourceAnswer {
  /** Undefined when the client wants no body. */
  json: JsonText | undefined
  location: string
  version: string
}

/** Answers a read: 304 without a body when the client has this version already (RFC 7644 §3.14). */
export function sendFound(request: FastifyRequest, reply: FastifyReply, answer: ResourceAnswer) {
  const known = ifNoneMatch(request)
  describe(reply, answer).header('content-location', answer.location)
  if (known !== undefined && isAmong(answer.version, known)) return reply.code(304).send()
  return sendText(request, reply, 200, answer.json ?? '')
}

/** Answers a write: `status` with the resource or, where the client wants no body, `emptyStatus` without. */
export function sendWritten(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: ResourceAnswer,
  { status, emptyStatus }: { status: number; emptyStatus: number },
) {
  describe(reply, answer)
  return answer.json === undefined ? reply.code(emptyStatus).send() : sendText(request, reply, status, answer.json)
}

function describe(reply: FastifyReply, { location, version }: ResourceAnswer): FastifyReply {
  return reply.header('location', location).header('etag', version)
}

/** `meta` of a stored resource (RFC 7643 §3.1). The version is weak: it names the state, not these bytes. */
export function resourceMeta(
  stored: { version: number; createdAt: Date; updatedAt: Date },
  resourceType: 'User' | 'Group',
  location: string,
) {
  return {
    resourceType,
    created: stored.createdAt.toISOString(),
    lastModified: stored.updatedAt.toISOString(),
    location,
    version: versionTag(stored.version),
  }
}

export function versionTag(version: number): string {
  return `W/"${version}"`
}
