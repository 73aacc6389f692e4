import type { Evidence } from '../evidence.ts'

const guide = 'OneLogin developer documentation, "Implement SCIM API"'

/** What the transcripts of OneLogin take for granted. */
export const facts = {
  calls: {
    fact: 'Look-up by userName, POST, GET, PUT and DELETE of users, GET, POST and PATCH of groups; answers as application/json.',
    certainty: 'verified',
    source: guide,
  },
  template: {
    fact: 'The body of a user is a JSON template of the customer: values come as strings, missing ones empty, id as null.',
    certainty: 'verified',
    source: guide,
  },
  managerId: {
    fact: 'Templates in use write the manager as managerId and displayName.',
    certainty: 'one source',
    source: 'Keepnet documentation, "OneLogin SCIM integration"',
  },
  singleObject: { fact: 'Hand-written templates give one object where SCIM wants a list.', certainty: 'background' },
  memberRemoval: {
    fact: 'Members are removed by a list of values, with lower-case operations.',
    certainty: 'one source',
    source: 'https://github.com/thomaspoignant/scim-patch (comment in its source)',
  },
} as const satisfies Record<string, Evidence>
