import type { Evidence } from '../evidence.ts'

const article = 'JumpCloud Support, "Identity Management using a Custom SCIM Integration"'

/** What the transcripts of JumpCloud take for granted. */
export const facts = {
  connectionTest: {
    fact: 'Testing the connection creates a test user and a test group, updates them and deletes both.',
    certainty: 'verified',
    source: article,
  },
  coreOnly: { fact: 'No extension schemas, bearer token.', certainty: 'verified', source: article },
  memberPatch: {
    fact: 'Members are added and removed by PATCH with a list of values, without a filter.',
    certainty: 'one source',
    source: 'Uni-Moni knowledge base, "SSO setup: JumpCloud"',
  },
  putUsers: {
    fact: 'Users are looked up by userName and updated by PUT, deactivation included.',
    certainty: 'background',
  },
} as const satisfies Record<string, Evidence>
