import { attributeKey, resolveAttribute } from '../schema/resolve-attribute.ts'
import type { ResourceType } from '../schema/resource-type.ts'

/** Attribute keys, each with the names of its sub-attributes that are meant, or the whole of it. */
type Named = ReadonlyMap<string, ReadonlySet<string> | 'whole'>

/** Which attributes a response shows: the default ones, only those named, or the default ones except those named. */
export type Selection =
  | { readonly kind: 'default' }
  | { readonly kind: 'only'; readonly named: Named }
  | { readonly kind: 'except'; readonly named: Named }

interface SelectionParameters {
  /** Comma-separated in a query, a list in a `.search` body. */
  attributes?: string | readonly string[] | undefined
  excludedAttributes?: string | readonly string[] | undefined
}

/**
 * Reads `attributes` and `excludedAttributes` (RFC 7644 §3.9): names in any case, with or without URN, with
 * sub-attributes; an extension's URN means all of it. Unknown names are ignored; given both, `attributes` wins.
 */
export function parseSelection(
  { attributes, excludedAttributes }: SelectionParameters,
  resourceType: ResourceType,
): Selection {
  const wanted = namesIn(attributes)
  if (wanted.length > 0) return { kind: 'only', named: resolveNames(wanted, resourceType) }
  const unwanted = namesIn(excludedAttributes)
  if (unwanted.length > 0) return { kind: 'except', named: resolveNames(unwanted, resourceType) }
  return { kind: 'default' }
}

/** Whether a response shows any of an attribute, so that nobody loads what nobody sees (`members`, `groups`). */
export function selectsAttribute(selection: Selection, key: string): boolean {
  if (selection.kind === 'default') return true
  const named = selection.named.get(key)
  return selection.kind === 'only' ? named !== undefined : named !== 'whole'
}

function namesIn(parameter: string | readonly string[] | undefined): string[] {
  const texts = typeof parameter === 'string' ? [parameter] : (parameter ?? [])
  return texts
    .flatMap((text) => text.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function resolveNames(names: readonly string[], resourceType: ResourceType): Named {
  const named = new Map<string, Set<string> | 'whole'>()
  for (const name of names) {
    const path = resolveAttribute(resourceType, name, { unprefixedExtensionAttributes: true })
    if (path?.kind === 'extension') {
      for (const attribute of path.extension.attributes) named.set(attributeKey(path.extension.id, attribute), 'whole')
    } else if (path) {
      const key = attributeKey(path.extension, path.attribute)
      const known = named.get(key)
      if (!path.subAttribute) named.set(key, 'whole')
      else if (known === undefined) named.set(key, new Set([path.subAttribute.name]))
      else if (known !== 'whole') known.add(path.subAttribute.name)
    }
  }
  return named
}
