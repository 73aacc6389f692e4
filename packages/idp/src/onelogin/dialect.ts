import type { Dialect } from '../transcript.ts'

/** OneLogin's SCIM provisioner (developer documentation, "Implement SCIM API"): plain JSON in both directions. */
export const oneLogin: Dialect = {
  name: 'SCIM Provisioner with SAML (SCIM v2)',
  headers: { accept: 'application/json' },
  contentType: 'application/json',
  space: '%20',
  mediaType: 'application/json',
}
