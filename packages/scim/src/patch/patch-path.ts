import { MusterError } from '@muster/runtime/errors'
import type { Filter } from '../filter/filter.ts'
import { filterLimits, parseElementFilter } from '../filter/parse-filter.ts'
import { isUnsafeName, shownName } from '../json.ts'
import type { Profile } from '../profile.ts'
import { findAttribute } from '../schema/find-attribute.ts'
import { type AttributePath, type ResolvedPath, resolveAttribute } from '../schema/resolve-attribute.ts'
import type { ResourceType } from '../schema/resource-type.ts'

/** What a PATCH path points at: an attribute, the elements of it that a filter selects, one sub-attribute of those. */
export interface PatchPath extends AttributePath {
  readonly filter: Filter | undefined
}

type PatchTarget = PatchPath | Extract<ResolvedPath, { kind: 'extension' }>

/** `[URI ":"] name ["." name]`; the URI is resolved later (RFC 7644 §3.10). */
const attributePath = /^(?:[^\s()[\]"]+:)?[A-Za-z$][\w$-]*(?:\.[A-Za-z$][\w$-]*)?$/
const suffixPath = /^\.[A-Za-z$][\w$-]*$/

/**
 * Resolves the path of a PATCH operation (RFC 7644 §3.5.2, figure 7): `attribute`, `attribute.sub`,
 * `attribute[filter]`, `attribute[filter].sub`, each with or without a URN, and an extension URN alone.
 * @returns undefined when the path is well-formed and the resource type has no such attribute
 * @throws `invalidPath` for a malformed path or one that could reach a prototype, `invalidFilter` for its filter
 */
export function parsePatchPath(text: string, resourceType: ResourceType, profile: Profile): PatchTarget | undefined {
  const path = text.trim()
  if (path.length > filterLimits.characters) throw malformed(path)
  const bracket = path.indexOf('[')
  const head = bracket < 0 ? path : path.slice(0, bracket)
  if (isUnsafeName(head)) throw malformed(head)
  const target = resolveAttribute(resourceType, head, profile)
  // The URN of an extension may end in anything (Okta's `urn:okta:custom:user:1.0`), which no pattern can tell.
  if (!target && !attributePath.test(head)) throw malformed(head)
  if (bracket < 0 || !target) {
    return target?.kind === 'attribute' ? { ...target, filter: undefined } : target
  }
  if (target.kind === 'extension' || !isFilterable(target)) throw malformed(head)
  if (!/\](?:\.[\w$-]+)?$/.test(path)) throw malformed(head)
  const { filter, suffix } = parseElementFilter(path, bracket, withElements(target), profile)
  if (suffix === '') return { ...target, filter }
  if (!suffixPath.test(suffix) || isUnsafeName(suffix)) throw malformed(head)
  const subAttribute = findAttribute(target.attribute.subAttributes, suffix.slice(1))
  return subAttribute && { ...target, subAttribute, filter }
}

/** Only elements can be selected, and errata 7322 forbids a value path in a value path. */
function isFilterable({ attribute, subAttribute }: AttributePath): boolean {
  return attribute.multiValued && !subAttribute
}

/** The elements of a simple attribute are what a filter calls `value` (erratum 7122). */
function withElements(path: AttributePath): AttributePath {
  const { attribute } = path
  if (attribute.type === 'complex') return path
  const value = { ...attribute, name: 'value', multiValued: false }
  return { ...path, attribute: { ...attribute, type: 'complex', subAttributes: [value] } }
}

function malformed(path: string): MusterError {
  return new MusterError('invalidPath', `The path ${shownName(path)} is not valid`)
}
