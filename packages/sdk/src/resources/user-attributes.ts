/** Members of a user that are changed where they stand. */
const topLevel = ['email', 'firstName', 'lastName', 'username', 'state', 'lastLoginAt', 'pinned'] as const

/** Members that hold others. */
const containers = ['profile', 'customAttributes', 'metadata'] as const

const profile = [
  'department',
  'title',
  'employeeId',
  'manager',
  'location',
  'phoneNumber',
  'startDate',
  'costCenter',
] as const

/** The value of an attribute; null withdraws it. */
type Text = string | null

/** What an application changes of a person, flat: what is no attribute of Muster's is kept as metadata. */
export type UserValues = {
  [K in 'email' | 'firstName' | 'lastName' | 'username' | (typeof profile)[number]]?: Text | undefined
} & {
  state?: 'active' | 'inactive' | undefined
  lastLoginAt?: Text | Date | undefined
  pinned?: readonly string[] | undefined
  profile?: { [K in (typeof profile)[number]]?: Text | undefined } | undefined
  customAttributes?: Readonly<Record<string, Text | undefined>> | undefined
  metadata?: Readonly<Record<string, unknown>> | null | undefined
} & { readonly [name: string]: unknown }

/**
 * The body of a change, out of values that are flat: attributes of the profile go where they belong, what Muster does not
 * know goes to `metadata`, what is undefined is left out. What stands in its place already wins.
 */
export function toUserBody(values: UserValues): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  const [ofProfile, ofMetadata]: Record<string, unknown>[] = [{}, {}]
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || isOneOf(containers, name)) continue
    const place = isOneOf(topLevel, name) ? body : isOneOf(profile, name) ? ofProfile : ofMetadata
    if (place !== undefined) place[name] = value
  }
  const metadata = values.metadata === null ? null : { ...ofMetadata, ...values.metadata }
  const held = { profile: { ...ofProfile, ...values.profile }, customAttributes: values.customAttributes, metadata }
  for (const [name, members] of Object.entries(held)) {
    if (members === null || Object.values(members ?? {}).some((value) => value !== undefined)) body[name] = members
  }
  return body
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name)
}
