import type { SearchEntry } from 'ldapts'

/** An entry as the server sent it. Attributes are found without regard to case; what is absent has no values. */
export interface LdapEntry {
  dn: string
  values: ReadonlyMap<string, readonly Buffer[]>
}

const decoder = new TextDecoder('utf8', { fatal: true, ignoreBOM: true })

/** One value, many or none are a list of bytes: the library guesses between text, bytes and lists. */
export function toEntry(found: SearchEntry): LdapEntry {
  return {
    dn: found.name,
    values: new Map(found.attributes.map(({ type, parsedBuffers }) => [type.toLowerCase(), parsedBuffers])),
  }
}

/** The values of an attribute that are text; binary ones, and text that no database takes, are left out. */
export function textsOf(entry: LdapEntry, attribute: string): string[] {
  return (entry.values.get(attribute.toLowerCase()) ?? []).flatMap((bytes) => textOf(bytes) ?? [])
}

/** The first value that is text and says something. */
export function firstText(entry: LdapEntry, attributes: readonly string[]): string | undefined {
  return attributes.flatMap((attribute) => textsOf(entry, attribute)).find((text) => text.trim() !== '')
}

function textOf(bytes: Buffer): string | undefined {
  try {
    const text = decoder.decode(bytes)
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}
