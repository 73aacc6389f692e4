/**
 * The attributes of a person that a directory can provide, flat, and where each stands in the user as shown. What is
 * hidden serves the platform alone: `managerReference` is the source's own key of the manager (an id, a DN, an
 * address), from which the person is found later.
 */
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
  managerReference: 'hidden',
} as const

export type PersonAttribute = keyof typeof personAttributes

/** The key of an attribute that a mapping invents. */
export type CustomAttribute = `${typeof customPrefix}${string}`

/**
 * What somebody says of a person: attribute → text, custom ones as `customAttributes.<name>`. An absent key was not
 * provided; values are never empty. What is stored may hold technical keys as well (`emailKey`, …), which only look-ups use.
 */
export type Provided = Record<string, string>

export type AttributeChanges = Record<string, { from: string | null; to: string | null }>

/** Attributes as a user shows them: what is known and absent is null, custom attributes are those there are. */
export interface ShapedAttributes {
  user: Record<string, string | null>
  profile: Record<string, string | null>
  customAttributes: Record<string, string>
}

const customPrefix = 'customAttributes.'
const customName = /^[A-Za-z][A-Za-z0-9_]{0,63}$/

const shownPlaces = Object.entries(personAttributes).flatMap(([name, place]) =>
  place === 'hidden' ? [] : [[name, place] as const],
)

export function isPersonAttribute(key: string): key is PersonAttribute {
  return Object.hasOwn(personAttributes, key)
}

/** Whether a key is `customAttributes.<name>`, the name a letter and up to 63 letters, digits and underscores. */
export function isCustomAttribute(key: string): key is CustomAttribute {
  return key.startsWith(customPrefix) && customName.test(key.slice(customPrefix.length))
}

/** Whether a key is one that people see: neither hidden nor technical. */
export function isShownAttribute(key: string): boolean {
  return isPersonAttribute(key) ? personAttributes[key] !== 'hidden' : isCustomAttribute(key)
}

/** The shown attributes that differ, each with its value before and after; null stands for none. */
export function attributeChanges(before: Provided, after: Provided): AttributeChanges {
  const changes: AttributeChanges = {}
  for (const [name] of shownPlaces) noteChange(changes, name, before, after)
  for (const name of customKeys({ ...before, ...after })) noteChange(changes, name, before, after)
  return changes
}

function noteChange(changes: AttributeChanges, name: string, before: Provided, after: Provided): void {
  const from = before[name] ?? null
  const to = after[name] ?? null
  if (from !== to) changes[name] = { from, to }
}

/** Attributes as the user shows them: some at the top, some under `profile`, custom ones under `customAttributes`. */
export function shapeAttributes(attributes: Provided): ShapedAttributes {
  const shaped: ShapedAttributes = { user: {}, profile: {}, customAttributes: {} }
  for (const [name, place] of shownPlaces) shaped[place][name] = attributes[name] ?? null
  for (const key of customKeys(attributes)) {
    const value = attributes[key]
    if (value !== undefined) shaped.customAttributes[key.slice(customPrefix.length)] = value
  }
  return shaped
}

/** Sorted, so that the same attributes are told in the same order wherever they were stored. */
function customKeys(attributes: Provided): string[] {
  return Object.keys(attributes).filter(isCustomAttribute).sort()
}
