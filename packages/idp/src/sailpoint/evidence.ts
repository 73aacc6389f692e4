import type { Evidence } from '../evidence.ts'

/** What the transcripts of SailPoint take for granted. */
export const facts = {
  discovery: {
    fact: 'Needs valid answers of ServiceProviderConfig, ResourceTypes, Schemas, ResourceTypes/User and ResourceTypes/Group.',
    certainty: 'verified',
    source: 'SailPoint documentation, "SCIM 2.0 SaaS prerequisites"',
  },
  operations: {
    fact: 'Reads all users and groups, changes users and memberships, passwords, active.',
    certainty: 'verified',
    source: 'SailPoint documentation, "SCIM 2.0 connector: supported features"',
  },
  splitReplace: {
    fact: 'Splits the change of one complex attribute into several operations without a path, each with one sub-attribute.',
    certainty: 'one source',
    source: 'https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/327',
  },
  paging: { fact: 'Aggregates by index paging until a page is not full.', certainty: 'background' },
  noSchemas: { fact: 'Some of its PATCH bodies come without schemas.', certainty: 'background' },
} as const satisfies Record<string, Evidence>
