import { MusterError } from '@muster/runtime/errors'
import type { Json, JsonObject } from '@muster/scim'

/** Of a person's metadata: bytes of its JSON text in UTF-8, and objects and lists inside each other. */
const metadataLimits = { bytesMax: 65_536, depthMax: 16 } as const

/**
 * Metadata after a JSON merge patch (RFC 7396): members are merged, null removes one; null as a whole removes all.
 * @throws `invalidValue` when it becomes too large or too deep
 */
export function patchMetadata(metadata: JsonObject, patch: JsonObject | null): JsonObject {
  const patched = patch === null ? {} : mergeObjects(metadata, patch)
  if (depthOf(patched) > metadataLimits.depthMax) {
    throw new MusterError('invalidValue', `metadata: at most ${metadataLimits.depthMax} levels are kept.`)
  }
  if (Buffer.byteLength(JSON.stringify(patched)) > metadataLimits.bytesMax) {
    throw new MusterError('invalidValue', `metadata: at most ${metadataLimits.bytesMax} bytes are kept.`)
  }
  return patched
}

/** Bodies are at most 32 levels deep, so this ends soon. */
function mergeObjects(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = { ...target }
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else merged[key] = isObject(value) ? mergeObjects(objectOrNone(merged[key]), value) : value
  }
  return merged
}

function objectOrNone(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function depthOf(value: Json | undefined): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}
