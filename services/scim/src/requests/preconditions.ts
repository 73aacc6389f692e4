import { MusterError } from '@muster/runtime/errors'
import type { FastifyRequest } from 'fastify'

/** The entity tags that a conditional request names; `*` means any that exists (RFC 9110 §13.1). */
export type EntityTags = '*' | ReadonlySet<string>

const entityTag = /^(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/
const entityTags = /(?:W\/)?"[^"]*"|[^,\s]+/g

/** The tags of `If-Match`: the versions in which the client is willing to change the resource. */
export function ifMatch(request: FastifyRequest): EntityTags | undefined {
  return parseEntityTags(request.headers['if-match'])
}

/** The tags of `If-None-Match`: the versions that the client has already. */
export function ifNoneMatch(request: FastifyRequest): EntityTags | undefined {
  return parseEntityTags(request.headers['if-none-match'])
}

/** Also reads the `version` of a bulk operation, which is one tag (RFC 7644 §3.7). Undefined for no text at all. */
export function parseEntityTags(text: string | undefined): EntityTags | undefined {
  if (text === undefined || text.trim() === '') return undefined
  if (text.trim() === '*') return '*'
  return new Set((text.match(entityTags) ?? []).map(opaque))
}

/**
 * Compares weakly: versions are weak tags (they name a state, not bytes), and RFC 7644 §3.14 uses them in `If-Match`
 * all the same.
 */
export function isAmong(version: string, tags: EntityTags): boolean {
  return tags === '*' || tags.has(opaque(version))
}

/** @throws `preconditionFailed` (412) when the resource is in none of the versions that the client expects */
export function checkPrecondition(expected: EntityTags | undefined, version: string): void {
  if (expected === undefined || isAmong(version, expected)) return
  throw new MusterError('preconditionFailed', `The resource is in version ${version}, which If-Match does not name.`)
}

/** What the quotes hold. Tags that no server made match nothing; some clients leave out the quotes. */
function opaque(tag: string): string {
  return entityTag.exec(tag)?.[1] ?? tag
}
