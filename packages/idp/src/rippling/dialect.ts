import { scimMediaType } from '../scim-messages.ts'
import type { Dialect } from '../transcript.ts'

/** A custom integration of Rippling with "User Management via SCIM" (guides of WorkOS and Kombo). */
export const customIntegration: Dialect = {
  name: 'custom integration',
  headers: {},
  contentType: scimMediaType,
  space: '%20',
  mediaType: scimMediaType,
}
