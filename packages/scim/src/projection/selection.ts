import { type Attribute, isSecret } from '../schema/attribute.ts'
import { attributeKey, type ResolvedPath, resolveAttribute } from '../schema/resolve-attribute.ts'
import type { ResourceType } from '../schema/resource-type.ts'
import type { Schema } from '../schema/schema.ts'

/** Attribute keys, each with the names of its sub-attributes that are meant, or the whole of it. */
export type Named = ReadonlyMap<string, ReadonlySet<string> | 'whole'>

/**
 * Which attributes a response shows: everything a document holds, only those named, or the default ones except those
 * named and with those `requested` by the body of a write although they are shown on request only.
 */
export type Selection =
  | { readonly kind: 'default' }
  | { readonly kind: 'only'; readonly named: Named }
  | { readonly kind: 'except'; readonly named: Named; readonly requested?: Named }

interface SelectionParameters {
  /** Comma-separated in a query, a list in a `.search` body. */
  attributes?: string | readonly string[] | undefined
  excludedAttributes?: string | readonly string[] | undefined
}

/**
 * Reads `attributes` and `excludedAttributes` (RFC 7644 §3.9): names in any case, with or without URN, with
 * sub-attributes; an extension's URN means all of it. Unknown names are ignored; given both, `attributes` wins.
 * @returns kind `default` only where the stored document is what is shown, so that callers can send it as it is
 */
export function parseSelection(
  { attributes, excludedAttributes }: SelectionParameters,
  resourceType: ResourceType,
): Selection {
  const wanted = namesIn(attributes)
  if (wanted.length > 0) return { kind: 'only', named: namedBy(resolveNames(wanted, resourceType)) }
  const unwanted = namesIn(excludedAttributes)
  if (unwanted.length > 0 || holdsBack(resourceType)) {
    return { kind: 'except', named: namedBy(resolveNames(unwanted, resourceType)) }
  }
  return { kind: 'default' }
}

/** Whether a response shows any of an attribute, so that nobody loads what nobody sees (`members`, `groups`). */
export function selectsAttribute(selection: Selection, key: string): boolean {
  if (selection.kind === 'default') return true
  const named = selection.named.get(key)
  return selection.kind === 'only' ? named !== undefined : named !== 'whole'
}

/** Collects paths by attribute; a whole attribute swallows its parts. */
export function namedBy(paths: readonly ResolvedPath[]): Named {
  const named = new Map<string, Set<string> | 'whole'>()
  for (const path of paths) {
    if (path.kind === 'extension') {
      for (const attribute of path.extension.attributes) named.set(attributeKey(path.extension.id, attribute), 'whole')
      continue
    }
    const key = attributeKey(path.extension, path.attribute)
    const known = named.get(key)
    if (!path.subAttribute) named.set(key, 'whole')
    else if (known === undefined) named.set(key, new Set([path.subAttribute.name]))
    else if (known !== 'whole') known.add(path.subAttribute.name)
  }
  return named
}

const holdingBack = new WeakMap<ResourceType, boolean>()

/** Whether documents of the type hold anything that is not shown unless it is asked for, or not shown any more. */
export function holdsBack(resourceType: ResourceType): boolean {
  const known = holdingBack.get(resourceType)
  if (known !== undefined) return known
  const { schema, extensions } = resourceType
  // What is secret is not kept, except where a registered schema made it so only later.
  const answer =
    hasAny(schema, isOnRequest) || extensions.some((own) => hasAny(own, (one) => isOnRequest(one) || isSecret(one)))
  holdingBack.set(resourceType, answer)
  return answer
}

function isOnRequest({ returned }: Attribute): boolean {
  return returned === 'request'
}

function hasAny({ attributes }: Pick<Schema, 'attributes'>, is: (attribute: Attribute) => boolean): boolean {
  return attributes.some((attribute) => is(attribute) || attribute.subAttributes.some(is))
}

function namesIn(parameter: string | readonly string[] | undefined): string[] {
  const texts = typeof parameter === 'string' ? [parameter] : (parameter ?? [])
  return texts
    .flatMap((text) => text.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function resolveNames(names: readonly string[], resourceType: ResourceType): ResolvedPath[] {
  return names.flatMap((name) => resolveAttribute(resourceType, name, { unprefixedExtensionAttributes: true }) ?? [])
}
