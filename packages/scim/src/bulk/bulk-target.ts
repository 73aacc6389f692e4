import type { Dialect } from '../dialect.ts'
import type { ResourceTypes } from '../schema/resource-types.ts'

/** What an operation of a bulk request is about: a resource type's endpoint or, with an id, one resource. */
export interface BulkTarget {
  readonly type: keyof ResourceTypes
  /** With its leading slash. */
  readonly endpoint: string
  /** As the client wrote it, so it may be a reference `bulkId:…`. */
  readonly id: string | undefined
}

/** What `path` is read against: the dialect of the directory and the absolute address of its SCIM endpoint. */
export interface BulkSetting {
  readonly dialect: Dialect
  readonly baseUrl: string
}

const typeNames = ['user', 'group'] as const

/**
 * Reads the `path` of an operation: `/Users`, `/Groups/{id}` (RFC 7644 §3.7). The profile says whether it may also be
 * without its first slash or absolute. Undefined when nothing is there.
 */
export function parseBulkTarget(path: string, { dialect, baseUrl }: BulkSetting): BulkTarget | undefined {
  const relative = dialect.profile.looseBulkPaths ? relativePath(path, baseUrl) : path
  const [, endpoint, id] = /^(\/[^/?#]+)(?:\/([^/?#]+))?$/.exec(relative) ?? []
  const type = typeNames.find((name) => dialect.types[name].endpoint === endpoint)
  return type && { type, endpoint: dialect.types[type].endpoint, id }
}

function relativePath(path: string, baseUrl: string): string {
  const below = path.startsWith(`${baseUrl}/`) ? path.slice(baseUrl.length) : path
  return below.startsWith('/') ? below : `/${below}`
}
