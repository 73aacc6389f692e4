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
