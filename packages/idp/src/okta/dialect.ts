import { scimMediaType } from '../scim-messages.ts'
import type { Dialect } from '../transcript.ts'

/**
 * An app of the Okta Integration Network (Okta developer docs, "SCIM 2.0 reference"): PUT for profiles, PATCH for
 * `active` and for groups, filters with `eq` only, users are deactivated and never deleted.
 */
export const catalogueApp: Dialect = {
  name: 'catalogue app',
  headers: { accept: scimMediaType, 'user-agent': 'Okta SCIM Client 1.0.0' },
  contentType: `${scimMediaType}; charset=utf-8`,
  space: '%20',
  mediaType: scimMediaType,
}

/** An app made with the App Integration Wizard: the same, except that PUT carries every update (Okta developer docs). */
export const customApp: Dialect = { ...catalogueApp, name: 'custom app' }

/** The published "Okta SCIM 2.0 SPEC Test", which an API monitoring tool plays. */
export const specTest: Dialect = {
  ...catalogueApp,
  name: 'SPEC test',
  headers: { accept: scimMediaType, 'accept-charset': 'utf-8', 'user-agent': 'OKTA SCIM Integration' },
}

/** "SCIM 2.0 with entitlements": a catalogue app that also reads ResourceTypes and Schemas. */
export const entitlements: Dialect = { ...catalogueApp, name: 'with entitlements' }
