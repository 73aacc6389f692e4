import { scimMediaType } from '../scim-messages.ts'
import type { Dialect } from '../transcript.ts'

/** PingFederate's SCIM Provisioner (Ping Identity documentation): PUT for users, groups found by listing them all. */
export const pingFederate: Dialect = {
  name: 'PingFederate SCIM Provisioner',
  headers: { accept: scimMediaType },
  contentType: scimMediaType,
  space: '%20',
  mediaType: scimMediaType,
}

/** PingOne's outbound provisioning to a SCIM target. */
export const pingOne: Dialect = { ...pingFederate, name: 'PingOne outbound provisioning' }
