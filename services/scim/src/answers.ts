import type { FastifyReply, FastifyRequest } from 'fastify'
import { responseMediaType } from './plugins/media-types.ts'

/** A resource as JSON text, with what its headers say. */
export interface ResourceAnswer {
  json: string
  location: string
  version: string
}

export function sendResource(request: FastifyRequest, reply: FastifyReply, status: number, answer: ResourceAnswer) {
  return sendJson(
    request,
    reply.header('location', answer.location).header('etag', answer.version),
    status,
    answer.json,
  )
}

export function sendJson(request: FastifyRequest, reply: FastifyReply, status: number, json: string): FastifyReply {
  return reply.code(status).header('content-type', responseMediaType(request)).send(json)
}

/** A ListResponse (RFC 7644 §3.4.2) around resources that are JSON text already. */
export function listJson(resources: readonly string[], position: { totalResults: number; startIndex: number }): string {
  return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":${position.totalResults},"startIndex":${position.startIndex},"itemsPerPage":${resources.length},"Resources":[${resources.join(',')}]}`
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
    version: `W/"${stored.version}"`,
  }
}
