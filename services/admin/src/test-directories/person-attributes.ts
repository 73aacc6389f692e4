import { enterpriseUserSchema, type Json, type JsonObject } from '@muster/scim'

const work = (member: string, value: string) => [{ type: 'work', [member]: value, primary: true }]
const enterprise = enterpriseUserSchema.id

/** Each attribute of a person that a SCIM source can say: where in its document, and how. */
const attributes = {
  email: { path: 'emails', value: (text) => work('value', text) },
  firstName: { path: 'name.givenName' },
  lastName: { path: 'name.familyName' },
  username: { path: 'userName' },
  department: { path: `${enterprise}:department` },
  title: { path: 'title' },
  employeeId: { path: `${enterprise}:employeeNumber` },
  location: { path: 'addresses', value: (text) => work('locality', text) },
  phoneNumber: { path: 'phoneNumbers', value: (text) => work('value', text) },
  costCenter: { path: `${enterprise}:costCenter` },
} as const satisfies Record<string, { path: string; value?: (text: string) => Json }>

export type SimulatedAttribute = keyof typeof attributes
export const simulatedAttributes = Object.keys(attributes) as SimulatedAttribute[]

/** Values of a person; null takes one away. */
export type SimulatedValues = { readonly [K in SimulatedAttribute]?: string | null | undefined }

/** The body of the PATCH by which an identity provider says these values, and that this user (an id) is the manager. */
export function patchOf(values: SimulatedValues, manager?: string | null): JsonObject {
  const operations = simulatedAttributes.flatMap((name) => {
    const text = values[name]
    if (text === undefined) return []
    const attribute: { path: string; value?: (text: string) => Json } = attributes[name]
    if (text === null) return [{ op: 'remove', path: attribute.path }]
    return [{ op: 'replace', path: attribute.path, value: attribute.value?.(text) ?? text }]
  })
  return patchBody([...operations, ...managerOperations(manager)])
}

function managerOperations(manager: string | null | undefined): JsonObject[] {
  if (manager === undefined) return []
  const path = `${enterprise}:manager`
  return [manager === null ? { op: 'remove', path } : { op: 'replace', path, value: { value: manager } }]
}

/** The body of a PATCH (RFC 7644 §3.5.2). */
export function patchBody(operations: JsonObject[]): JsonObject {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations }
}
