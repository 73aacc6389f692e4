import { scimMediaType } from '../scim-messages.ts'
import type { Dialect } from '../transcript.ts'

/** JumpCloud's custom SCIM identity management (JumpCloud Support, "Identity Management using a Custom SCIM Integration"). */
export const customScim: Dialect = {
  name: 'custom SCIM',
  headers: { accept: scimMediaType },
  contentType: scimMediaType,
  space: '%20',
  mediaType: scimMediaType,
}
