import type { Evidence } from '../evidence.ts'

const provisioner = 'Ping Identity documentation, "SCIM Provisioner"'

/** What the transcripts of PingFederate and PingOne take for granted. */
export const facts = {
  putUsers: {
    fact: 'Users are found by a filter (userName by default) and updated without PATCH; deprovisioning disables or deletes.',
    certainty: 'verified',
    source: provisioner,
  },
  groupListing: {
    fact: 'Groups are found by retrieving all of them, page by page, and comparing names.',
    certainty: 'verified',
    source: provisioner,
  },
  groupPatch: {
    fact: 'Memberships are updated by PATCH since version 1.4, if so configured.',
    certainty: 'verified',
    source: provisioner,
  },
  wrappedMembers: {
    fact: 'Clients built on the UnboundID SDK remove members by {"value":{"members":[…]}}.',
    certainty: 'one source',
    source: 'https://github.com/pingidentity/scim2 (changelog of 4.1.0)',
  },
  oneValuePerType: {
    fact: 'PingOne sends one value for each type of a multi-valued attribute and never clears an attribute.',
    certainty: 'verified',
    source: 'Ping Identity documentation, "SCIM provisioning known limitations"',
  },
  pingOneRequests: {
    fact: 'The exact requests of PingOne: PUT for users, PATCH by value path for members.',
    certainty: 'background',
  },
} as const satisfies Record<string, Evidence>
