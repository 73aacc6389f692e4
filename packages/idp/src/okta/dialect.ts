import { scimMediaType } from '../scim-messages.ts'
import type { Dialect } from '../transcript.ts'

/**
 * An app of the Okta Integration Network (Okta developer docs, "SCIM 2.0 reference"): PUT for profiles, PATCH for
 * `active` and for groups, filters with `eq` only, users are deactivated and never deleted.
 */
export const catalogueApp: Dialect = {
  name: 'catalogue app',
  headers: { accept: scimMediaType, 'user-agent': 'Okta SCIM Client 1.0.0' },
  contentType: `${scimMediaType}; charset=utf-8`,
  space: '%20',
  mediaType: scimMediaType,
}
