import type { PersonAttribute, PersonAttributes } from './attributes.ts'

type Document = Readonly<Record<string, unknown>>

const enterpriseUrn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** The default mapping of a SCIM user (RFC 7643 §4.1 and §4.3): person attribute → how to read it from the document. */
const defaultMapping: Record<PersonAttribute, (user: Document) => unknown> = {
  email: (user) => preferredValue(user.emails, ['work']) ?? addressLike(user.userName),
  firstName: (user) => member(user.name, 'givenName'),
  lastName: (user) => member(user.name, 'familyName'),
  username: (user) => user.userName,
  department: (user) => member(user[enterpriseUrn], 'department'),
  title: (user) => user.title,
  employeeId: (user) => member(user[enterpriseUrn], 'employeeNumber'),
  manager: (user) => {
    const manager = member(user[enterpriseUrn], 'manager')
    return member(manager, 'displayName') ?? member(manager, 'value')
  },
  location: (user) => {
    const address = preferredElement(user.addresses, ['work'])
    return member(address, 'locality') ?? member(address, 'formatted')
  },
  phoneNumber: (user) => preferredValue(user.phoneNumbers, ['work', 'mobile']),
  startDate: () => undefined,
  costCenter: (user) => member(user[enterpriseUrn], 'costCenter'),
}

/**
 * What a SCIM user document says about the person. Takes a canonical document (packages/scim); a value that is absent
 * or blank is not provided.
 */
export function mapScimUser(user: Document): PersonAttributes {
  const mapped: PersonAttributes = {}
  for (const [attribute, read] of Object.entries(defaultMapping)) {
    const value = read(user)
    if (typeof value === 'string' && value.trim() !== '') mapped[attribute as PersonAttribute] = value
  }
  return mapped
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Document)[name] : undefined
}

/** The primary element, else the first of the wanted types in their order, else the first. */
function preferredElement(elements: unknown, types: readonly string[]): unknown {
  if (!Array.isArray(elements)) return undefined
  const primary = elements.find((element) => member(element, 'primary') === true)
  if (primary !== undefined) return primary
  for (const type of types) {
    const found = elements.find((element) => String(member(element, 'type')).toLowerCase() === type)
    if (found !== undefined) return found
  }
  return elements[0]
}

function preferredValue(elements: unknown, types: readonly string[]): unknown {
  return member(preferredElement(elements, types), 'value')
}

/** Most sources use the address as userName; without any email it stands in, visibly, when it looks like one. */
function addressLike(userName: unknown): unknown {
  return typeof userName === 'string' && /^[^\s@]+@[^\s@]+$/.test(userName) ? userName : undefined
}
