/**
 * What Microsoft documents of the answers that a connector reads, as types of properties. `?` may be left out; `null` may stand in its
 * place.
 */
type Shape = Readonly<Record<string, string>>

/** https://learn.microsoft.com/en-us/graph/api/resources/user#properties and `manager` of /graph/delta-query-users */
const user: Shape = {
  id: 'string',
  accountEnabled: 'boolean?',
  userPrincipalName: 'string?',
  displayName: 'string?',
  givenName: 'string?',
  surname: 'string?',
  mail: 'string?',
  otherMails: 'string[]?',
  proxyAddresses: 'string[]?',
  businessPhones: 'string[]?',
  mobilePhone: 'string?',
  jobTitle: 'string?',
  department: 'string?',
  employeeId: 'string?',
  employeeHireDate: 'time?',
  employeeOrgData: 'object?',
  userType: 'string?',
  onPremisesExtensionAttributes: 'object?',
  'manager@delta': 'related[]?',
}

/** https://learn.microsoft.com/en-us/graph/api/resources/group#properties and /graph/delta-query-groups */
const group: Shape = {
  id: 'string',
  displayName: 'string?',
  description: 'string?',
  groupTypes: 'string[]?',
  mail: 'string?',
  mailEnabled: 'boolean?',
  securityEnabled: 'boolean?',
  visibility: 'string?',
  'members@delta': 'related[]?',
}

/** https://learn.microsoft.com/en-us/graph/errors#json-representation */
const error: Shape = { code: 'string', message: 'string', innerError: 'object?' }

/** https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow#successful-response-1 and the error response */
const token: Shape = { access_token: 'string', token_type: 'string', expires_in: 'number', ext_expires_in: 'number?' }
const tokenError: Shape = {
  error: 'string',
  error_description: 'string',
  error_codes: 'number[]',
  timestamp: 'string',
  trace_id: 'string',
  correlation_id: 'string',
}

/** https://learn.microsoft.com/en-us/graph/api/resources/changenotification */
const changeNotification: Shape = {
  subscriptionId: 'string',
  subscriptionExpirationDateTime: 'time',
  clientState: 'string?',
  changeType: 'string',
  resource: 'string',
  tenantId: 'string',
  resourceData: 'object?',
}

export const graphShapes = { user, group, error, token, tokenError, changeNotification } as const

const kinds: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  time: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  related: (value) => {
    const { id, '@odata.type': type } = (value ?? {}) as Record<string, unknown>
    return typeof id === 'string' && (type === undefined || /^#microsoft\.graph\.\w+$/.test(String(type)))
  },
}

/** What of an object is not as documented. */
export function flawsOf(shape: Shape, object: Record<string, unknown>): string[] {
  return Object.entries(shape).flatMap(([name, kind]) => {
    const value = object[name]
    const mayLack = kind.endsWith('?')
    const [type = '', isList] = [kind.replace(/\[\]|\?/g, ''), kind.includes('[]')]
    if (value === undefined || value === null) return mayLack ? [] : [`${name} is missing`]
    const values = isList ? value : [value]
    const isRight = Array.isArray(values) && values.every((one) => kinds[type]?.(one) === true)
    return isRight ? [] : [`${name} is no ${kind}`]
  })
}
