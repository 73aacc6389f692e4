import { MusterError } from '@muster/runtime/errors'
import { type ScimPatchOperation, type ScimResource, scimPatch } from 'scim-patch'
import { type Json, type JsonObject, sameJson } from '../json.ts'
import { checkRequired } from '../resource/check-required.ts'
import { composeDocument, readValues, storedAttributes, type Values } from '../resource/document.ts'
import type { ResourceType } from '../schema/resource-type.ts'
import { applyChange } from './apply-change.ts'
import type { Step } from './step.ts'

interface PatchedDocument {
  document: JsonObject
  /** False when every operation was a no-op; then nothing may be written and no version may change. */
  changed: boolean
}

/**
 * Applies steps in order, all or none; the document that comes in is never touched. The steps are reduced to the final
 * value of each attribute they changed, and only those reach scim-patch: `replace` or `remove` on exact, known names.
 * @throws see `applyChange`; `mutability` for a required attribute that is gone, `invalidValue` for one that is missing
 */
export function applySteps(current: JsonObject, steps: readonly Step[], resourceType: ResourceType): PatchedDocument {
  const before = readValues(resourceType, current)
  const after = new Map(before)
  for (const step of steps) {
    const value = applyChange(after.get(step.key), step)
    if (value === undefined) after.delete(step.key)
    else after.set(step.key, value)
  }
  const operations = exactOperations(before, after)
  if (operations.length === 0) return { document: current, changed: false }
  checkWritten(resourceType, before, after)
  const patched = scimPatch(current as unknown as ScimResource, operations, { mutateDocument: false })
  const document = composeDocument(resourceType, readValues(resourceType, patched as unknown as JsonObject))
  return { document, changed: !sameJson(document, current) }
}

/** What the request wrote, and the extensions it wrote to, must have what the schema requires. */
function checkWritten(resourceType: ResourceType, before: Values, after: Values): void {
  const stored = storedAttributes(resourceType)
  const written = stored.filter(({ key }) => !sameJson(before.get(key), after.get(key)))
  const keys = new Set(written.map(({ key }) => key))
  const extensions = new Set(written.flatMap(({ extension }) => extension ?? []))
  const present = new Set(stored.flatMap(({ key, extension }) => (after.has(key) ? (extension ?? []) : [])))
  for (const { key, extension, attribute } of written) {
    const isGone = attribute.required && !after.has(key) && (extension === undefined || present.has(extension))
    if (isGone) throw new MusterError('mutability', `The request removes ${key}, which is required`)
  }
  checkRequired(resourceType, after, (key, extension) => keys.has(key) || extensions.has(extension ?? ''))
}

/**
 * scim-patch merges objects into objects, so a value is replaced by removing it first. An extension attribute's key is
 * its full path, which is the form that scim-patch splits correctly (the container's URN alone is not).
 */
function exactOperations(before: Values, after: ReadonlyMap<string, Json>): ScimPatchOperation[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((path): ScimPatchOperation[] => {
    const value = after.get(path)
    if (sameJson(before.get(path), value)) return []
    const removal = before.has(path) ? [{ op: 'remove', path } as const] : []
    return value === undefined ? removal : [...removal, { op: 'replace', path, value }]
  })
}
