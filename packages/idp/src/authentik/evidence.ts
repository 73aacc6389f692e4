import type { Evidence } from '../evidence.ts'

const clients = 'https://github.com/goauthentik/authentik (authentik/providers/scim/clients)'

/** What the transcripts of authentik take for granted: read in its source. */
export const facts = {
  capabilities: {
    fact: 'Reads ServiceProviderConfig first and goes by patch, filter and bulk.maxOperations.',
    certainty: 'verified',
    source: clients,
  },
  users: {
    fact: 'Creates users by POST, updates them by PUT with their id, makes them anew when a PUT answers 404.',
    certainty: 'verified',
    source: clients,
  },
  groups: {
    fact: 'Creates groups without members; on 409 looks the name up; updates by one no-path replace of the whole group, id included.',
    certainty: 'verified',
    source: clients,
  },
  members: {
    fact: 'Adds and removes members by one operation each, named in value, after reading the group.',
    certainty: 'verified',
    source: clients,
  },
  paging: {
    fact: 'Lists without count, and asks for the next page from the number of resources seen so far.',
    certainty: 'verified',
    source: clients,
  },
  mapping: {
    fact: 'The attributes of the default mapping.',
    certainty: 'verified',
    source: 'https://github.com/goauthentik/authentik (blueprints)',
  },
} as const satisfies Record<string, Evidence>
