import { scimMediaType } from '../scim-messages.ts'
import type { Dialect } from '../transcript.ts'

/**
 * Microsoft Entra ID as it provisions by default (Microsoft Learn, "Develop a SCIM endpoint"): operations written
 * `Add`, `Replace`, `Remove`, booleans as strings, value paths on elements that do not exist yet.
 */
export const legacy: Dialect = {
  name: 'legacy',
  headers: {},
  contentType: scimMediaType,
  space: '+',
  mediaType: scimMediaType,
}

/**
 * Entra with the feature flag in the tenant address, which then comes with every request: lower-case operations, real
 * booleans, and no-path replaces whose keys are dotted or URN-qualified paths.
 */
export const flagged: Dialect = { ...legacy, name: 'aadOptscim062020', query: { aadOptscim062020: null } }

/** Microsoft's SCIM Validator: lower-case operations and real booleans in a PATCH, yet a boolean string in a create. */
export const validator: Dialect = { ...legacy, name: 'SCIM Validator', contentType: `${scimMediaType}; charset=utf-8` }

/** The "SCIM Inbound" requests of Microsoft's reference code, which poll a provider instead of writing to it. */
export const inbound: Dialect = { ...legacy, name: 'SCIM Inbound' }
