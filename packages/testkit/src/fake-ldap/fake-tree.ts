import { createHash } from 'node:crypto'
import { matchesFilter } from './ldap-filter.ts'
import type { SearchRequest } from './ldap-request.ts'

/** An entry that a test puts into the tree. `member` holds distinguished names, as they are written in the tree. */
export interface FakeEntry {
  dn: string
  attributes: Readonly<Record<string, readonly string[]>>
}

/** An entry with its values by the lower-case name of their attribute, and the names as they are written. */
export interface StoredEntry {
  dn: string
  names: ReadonlyMap<string, string>
  values: Map<string, readonly (string | Buffer)[]>
}

/** What the kinds of servers keep beside what was written, and hand out when it is asked for. */
const operational = new Set(['entryuuid', 'modifytimestamp', 'createtimestamp'])

/** The entries of a server: with immutable ids, marks of change, and memberships that follow renames and removals. */
export class FakeTree {
  readonly #entries = new Map<string, StoredEntry>()
  #changes = 1_000

  /** Entries as they were added, whose place does not change. */
  get entries(): readonly StoredEntry[] {
    return [...this.#entries.values()]
  }

  /** The number of the last change, as Active Directory counts. */
  get changes(): number {
    return this.#changes
  }

  /** Adds an entry. */
  put({ dn, attributes }: FakeEntry): void {
    const names = new Map([...Object.keys(attributes), ...ownNames].map((name) => [name.toLowerCase(), name]))
    this.#entries.set(key(dn), { dn, names, values: new Map() })
    this.edit(dn, attributes)
  }

  /** Puts other values in place of those that an entry has; none takes the attribute away. */
  edit(dn: string, attributes: FakeEntry['attributes']): void {
    const entry = this.#get(dn)
    for (const [name, values] of Object.entries(attributes)) {
      if (values.length > 0) entry.values.set(name.toLowerCase(), values)
      else entry.values.delete(name.toLowerCase())
    }
    this.#mark(entry)
  }

  /** The values of an attribute, as text. */
  values(dn: string, attribute: string): string[] {
    return textsOf(this.#get(dn))(attribute)
  }

  remove(dn: string): void {
    if (!this.#entries.delete(key(dn))) throw new Error(`the fake LDAP server has no ${dn}`)
    this.#changes += 1
    this.#replaceMember(dn, undefined)
  }

  /** Gives an entry another name or place; it stays the same. */
  rename(dn: string, newDn: string): void {
    const entry = this.#get(dn)
    this.#entries.delete(key(dn))
    this.#entries.set(key(newDn), entry)
    entry.dn = newDn
    this.#mark(entry)
    this.#replaceMember(dn, newDn)
  }

  /** Whether an entry is still there, under whatever name. */
  has(entry: StoredEntry): boolean {
    return this.#entries.get(key(entry.dn)) === entry
  }

  /** What a search finds; undefined when there is no such base. */
  search({ base, scope, filter }: SearchRequest): readonly StoredEntry[] | undefined {
    if (!this.#entries.has(key(base))) return undefined
    return this.entries.filter(
      (entry) => isInScope(key(entry.dn), key(base), scope) && matchesFilter(filter, textsOf(entry)),
    )
  }

  #get(dn: string): StoredEntry {
    const entry = this.#entries.get(key(dn))
    if (entry === undefined) throw new Error(`the fake LDAP server has no ${dn}`)
    return entry
  }

  #mark(entry: StoredEntry): void {
    this.#changes += 1
    const now = [`${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}Z`]
    const digest = createHash('md5').update(`${this.#changes} ${entry.dn}`).digest()
    const marks: Record<string, readonly (string | Buffer)[]> = {
      entryuuid: [digest.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')],
      objectguid: [digest],
      createtimestamp: now,
      usncreated: [String(this.#changes)],
    }
    for (const [name, values] of Object.entries(marks)) if (!entry.values.has(name)) entry.values.set(name, values)
    entry.values.set('modifytimestamp', now).set('usnchanged', [String(this.#changes)])
  }

  #replaceMember(dn: string, newDn: string | undefined): void {
    for (const entry of this.#entries.values()) {
      const members = entry.values.get('member')
      if (!members?.some((member) => key(String(member)) === key(dn))) continue
      const others = members.flatMap((member) => (key(String(member)) === key(dn) ? (newDn ?? []) : member))
      if (others.length > 0) entry.values.set('member', others)
      else entry.values.delete('member')
      this.#mark(entry)
    }
  }
}

/**
 * The attributes of an entry that a search asks for. A server that hands out values in ranges shows the first of a longer
 * attribute beside its empty self, as Active Directory does.
 */
export function selectAttributes(entry: StoredEntry, asked: readonly string[], rangeSize: number | undefined) {
  const wanted = new Set(asked.map((name) => name.toLowerCase()))
  const all = asked.length === 0 || wanted.has('*')
  const selected: Record<string, readonly (string | Buffer)[]> = {}
  for (const [lower, values] of entry.values) {
    const name = entry.names.get(lower) ?? lower
    const range = [...wanted].find((each) => each.startsWith(`${lower};range=`))
    if (range !== undefined)
      Object.assign(selected, rangeOf(name, values, Number(/=(\d+)/.exec(range)?.[1]), rangeSize))
    else if (!wanted.has(lower) && (!all || operational.has(lower))) continue
    else if (rangeSize === undefined || values.length <= rangeSize) selected[name] = values
    else Object.assign(selected, { [name]: [] }, rangeOf(name, values, 0, rangeSize))
  }
  return selected
}

const ownNames = ['entryUUID', 'objectGUID', 'createTimestamp', 'modifyTimestamp', 'uSNCreated', 'uSNChanged']

function rangeOf(name: string, values: readonly (string | Buffer)[], first: number, size = values.length) {
  const last = first + size
  const end = last >= values.length ? '*' : String(last - 1)
  return { [`${name};range=${first}-${end}`]: values.slice(first, last) }
}

function textsOf({ values }: StoredEntry) {
  return (attribute: string) => (values.get(attribute.toLowerCase()) ?? []).map(String)
}

function isInScope(dn: string, base: string, scope: SearchRequest['scope']): boolean {
  if (scope === 'base') return dn === base
  if (scope === 'one') return dn.replace(/^[^,]+,/, '') === base && dn !== base
  return dn === base || dn.endsWith(`,${base}`)
}

function key(dn: string): string {
  return dn.toLowerCase().replaceAll(/\s*,\s*/g, ',')
}
