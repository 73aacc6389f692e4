import type { Evidence } from '../evidence.ts'

/** What the transcripts of Rippling take for granted. */
export const facts = {
  attributes: {
    fact: 'Maps externalId, the primary address, given and family name, and employeeNumber.',
    certainty: 'verified',
    source: 'WorkOS documentation, "Rippling SCIM"; Kombo help centre, "Rippling SCIM"',
  },
  groupSwitch: {
    fact: 'Groups are edited by PATCH if "Use PATCH to edit Groups" is on, by PUT if not; creating and deleting is a switch too.',
    certainty: 'verified',
    source: 'WorkOS documentation, "Rippling SCIM"; Kombo help centre, "Rippling SCIM"',
  },
  probe: {
    fact: 'Reads ServiceProviderConfig, with or without the token.',
    certainty: 'one source',
    source: 'authn.sh',
  },
  retries: {
    fact: 'Repeats requests whose answer it did not get.',
    certainty: 'one source',
    source: 'Waymark route for Rippling SCIM provisioning',
  },
  requests: { fact: 'The exact bodies, and deactivation by PATCH of active.', certainty: 'background' },
} as const satisfies Record<string, Evidence>
