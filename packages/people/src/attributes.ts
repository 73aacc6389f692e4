/** The attributes of a person that a directory can provide, flat, and where each stands in the user as shown. */
export const personAttributes = {
  email: 'user',
  firstName: 'user',
  lastName: 'user',
  username: 'user',
  department: 'profile',
  title: 'profile',
  employeeId: 'profile',
  manager: 'profile',
  location: 'profile',
  phoneNumber: 'profile',
  startDate: 'profile',
  costCenter: 'profile',
} as const

export type PersonAttribute = keyof typeof personAttributes

/** What one source provides: an absent key was not provided. Values are never empty. */
export type PersonAttributes = Partial<Record<PersonAttribute, string>>

export type AttributeChanges = Record<string, { from: string | null; to: string | null }>

const names = Object.keys(personAttributes) as PersonAttribute[]

/** The attributes that differ, each with its value before and after; null stands for none. */
export function attributeChanges(before: PersonAttributes, after: PersonAttributes): AttributeChanges {
  const changes: AttributeChanges = {}
  for (const name of names) {
    const from = before[name] ?? null
    const to = after[name] ?? null
    if (from !== to) changes[name] = { from, to }
  }
  return changes
}

/** Attributes as the user shows them: some at the top, the others under `profile`; what is unknown is null. */
export function shapeAttributes(attributes: PersonAttributes): {
  user: Record<string, string | null>
  profile: Record<string, string | null>
} {
  const shaped = { user: {} as Record<string, string | null>, profile: {} as Record<string, string | null> }
  for (const name of names) shaped[personAttributes[name]][name] = attributes[name] ?? null
  return shaped
}
