import type { Evidence } from '../evidence.ts'

const reference = 'Okta developer documentation, "Okta and SCIM Version 2.0"'

/** What the transcripts of Okta take for granted. */
export const facts = {
  users: {
    fact: 'Look-up by userName, create with empty groups and a random password, PUT of the whole object after a GET.',
    certainty: 'verified',
    source: reference,
  },
  activation: {
    fact: 'Catalogue apps activate, deactivate and push passwords by PATCH without path; users are never deleted.',
    certainty: 'verified',
    source: reference,
  },
  passwordShape: { fact: 'The exact shape of the PATCH that pushes a password.', certainty: 'background' },
  groupPush: {
    fact: 'Groups are created empty or with members, renamed by a no-path replace that repeats the id, deleted on unlink.',
    certainty: 'verified',
    source: reference,
  },
  emptyGroupByPath: {
    fact: 'Pushing an empty group replaces members by [].',
    certainty: 'one source',
    source: 'https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/757',
  },
  emptyGroupWithoutPath: {
    fact: 'The same without a path, with id and displayName beside it.',
    certainty: 'one source',
    source: 'https://github.com/jelhub/scimgateway/issues/113',
  },
  customApp: {
    fact: 'Apps made with the App Integration Wizard send PUT for every update, deactivation and group members included.',
    certainty: 'verified',
    source: reference,
  },
  specTest: {
    fact: 'The requests and assertions of the published "Okta SCIM 2.0 SPEC Test".',
    certainty: 'verified',
    source: 'Okta developer documentation, "Test your SCIM API"',
  },
  entitlementProbe: {
    fact: 'Reads ResourceTypes and Schemas, then asks every endpoint for one resource and wants itemsPerPage 1.',
    certainty: 'verified',
    source: 'Okta developer documentation, "SCIM 2.0 with entitlements" and its published test',
  },
} as const satisfies Record<string, Evidence>
