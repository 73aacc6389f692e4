import { scimMediaType } from '../scim-messages.ts'
import type { Dialect } from '../transcript.ts'

/** SailPoint's SCIM 2.0 connector (SailPoint documentation, "Integrating SCIM 2.0"). */
export const connector: Dialect = {
  name: 'SCIM 2.0 connector',
  headers: { accept: scimMediaType },
  contentType: scimMediaType,
  space: '%20',
  mediaType: scimMediaType,
}
