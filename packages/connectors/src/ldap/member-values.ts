import { ConnectorError } from '../connector-error.ts'
import { type LdapEntry, textsOf } from './entry.ts'
import type { LdapSource } from './ldap-source.ts'

/** What Active Directory calls a part of many values: `member;range=0-1499`, the last part `member;range=1500-*`. */
const rangePattern = /^(.+);range=(\d+)-(\d+|\*)$/

/** Values of a member attribute. */
export interface MemberValues {
  attribute: string
  values: readonly string[]
}

/** Whether an entry shows any member, be it in parts. */
export function showsMembers(entry: LdapEntry, attributes: readonly string[]): boolean {
  return attributes.some((attribute) => textsOf(entry, attribute).length > 0 || partOf(entry, attribute) !== undefined)
}

/**
 * All members of a group, attribute by attribute. What a server hands out in parts is asked for part by part.
 * @throws ConnectorError `protocol` when a part is missing
 */
export async function* memberValues(source: LdapSource, entry: LdapEntry): AsyncGenerator<MemberValues> {
  for (const attribute of source.memberAttributes) {
    const values = textsOf(entry, attribute)
    if (values.length > 0) yield { attribute, values }
    let part = partOf(entry, attribute)
    while (part !== undefined) {
      yield { attribute, values: part.values }
      if (part.next === undefined) break
      part = await nextPart(source, entry.dn, attribute, part.next)
    }
  }
}

async function nextPart({ session }: LdapSource, dn: string, attribute: string, from: number): Promise<Part> {
  const attributes = [`${attribute};range=${from}-*`]
  const { entries } = await session.search({ base: dn, scope: 'base', filter: '(objectClass=*)', attributes })
  const part = entries[0] && partOf(entries[0], attribute)
  if (part === undefined || part.first !== from || (part.next !== undefined && part.next <= from)) {
    throw new ConnectorError('protocol', `The server did not answer with the part of ${attribute} that was asked for.`)
  }
  return part
}

interface Part {
  first: number
  /** Where the next part begins; undefined for the last one. */
  next: number | undefined
  values: string[]
}

function partOf(entry: LdapEntry, attribute: string): Part | undefined {
  for (const key of entry.values.keys()) {
    const [, name, first, last] = rangePattern.exec(key) ?? []
    if (name !== attribute.toLowerCase()) continue
    return { first: Number(first), next: last === '*' ? undefined : Number(last) + 1, values: textsOf(entry, key) }
  }
  return undefined
}
