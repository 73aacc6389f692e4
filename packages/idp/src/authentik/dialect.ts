import { scimMediaType } from '../scim-messages.ts'
import type { Dialect } from '../transcript.ts'

/** authentik's SCIM provider in its default compatibility mode (goauthentik/authentik, authentik/providers/scim). */
export const defaultMode: Dialect = {
  name: 'SCIM provider, default mode',
  headers: { accept: '*/*' },
  contentType: 'application/json',
  space: '+',
  mediaType: scimMediaType,
}
