type Element = Readonly<Record<string, string | boolean | undefined>>

export interface ScimUser {
  userName: string
  name?: { givenName?: string; familyName?: string }
  title?: string
  emails?: Element[]
  phoneNumbers?: Element[]
  addresses?: Element[]
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'?: {
    department?: string
    employeeNumber?: string
    costCenter?: string
    manager?: { value?: string; displayName?: string }
  }
}

/** The default mapping of a SCIM user, written by hand: what the expressions must agree with. No value is blank. */
export function scimUserByHand(user: ScimUser): Record<string, string> {
  const enterprise = user['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User']
  const address = preferred(user.addresses, ['work'])
  const all = {
    email:
      preferred(user.emails, ['work'])?.value ?? (/^[^\s@]+@[^\s@]+$/.test(user.userName) ? user.userName : undefined),
    firstName: user.name?.givenName,
    lastName: user.name?.familyName,
    username: user.userName,
    department: enterprise?.department,
    title: user.title,
    employeeId: enterprise?.employeeNumber,
    manager: enterprise?.manager?.displayName ?? enterprise?.manager?.value,
    managerReference: enterprise?.manager?.value,
    location: address?.locality ?? address?.formatted,
    phoneNumber: preferred(user.phoneNumbers, ['work', 'mobile'])?.value,
    costCenter: enterprise?.costCenter,
  }
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  )
}

function preferred(elements: Element[] | undefined, types: string[]): Element | undefined {
  const primary = elements?.find((element) => element.primary === true)
  const typed = types.map((type) => elements?.find((element) => String(element.type).toLowerCase() === type))
  return primary ?? typed.find((element) => element !== undefined) ?? elements?.[0]
}
