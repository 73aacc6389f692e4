import type { Section } from './point.ts'

export const resources: Section = {
  title: 'Resources and common attributes',
  points: [
    {
      number: 24,
      level: 'MUST',
      says: '`schemas` is there, has no duplicates, holds the base schema and only what the resource type declares; order is free.',
      source: 'RFC 7643 §3',
    },
    {
      number: 25,
      level: 'OURS',
      says: '`schemas` lists an extension only when one of its attributes is present.',
      source: 'RFC 7643 §3.3',
    },
    {
      number: 26,
      level: 'MUST',
      says: '`id` is the server’s, never empty, stable, unique, always returned, without `bulkId`.',
      source: 'RFC 7643 §3.1',
    },
    {
      number: 27,
      level: 'MUST',
      says: '`externalId` is the client’s: never assigned, case-exact, not unique.',
      source: 'RFC 7643 §3.1',
    },
    {
      number: 28,
      level: 'MUST',
      says: '`meta` is the server’s: type, times, location, version.',
      source: 'RFC 7643 §3.1',
    },
    {
      number: 29,
      level: 'MUST',
      says: 'Attribute names and URNs are case-insensitive everywhere.',
      source: 'RFC 7643 §2.1, RFC 7644 §3.10',
    },
    {
      number: 30,
      level: 'MUST',
      says: 'Unassigned, null and the empty list are the same.',
      source: 'RFC 7643 §2.5',
    },
    {
      number: 31,
      level: 'MUST',
      says: 'Attributes of an extension live under its URN.',
      source: 'RFC 7643 §3.3',
    },
    {
      number: 32,
      level: 'MUST',
      says: 'Values have the types of the schema: booleans, instants, base64, references.',
      source: 'RFC 7643 §2.3, erratum 8415',
    },
    {
      number: 33,
      level: 'MUST',
      says: 'At most one value of an attribute is primary.',
      source: 'RFC 7643 §2.4',
    },
    {
      number: 34,
      level: 'MUST',
      says: '`userName` is required, not empty, unique in any case; a password is never returned nor kept in clear.',
      source: 'RFC 7643 §4.1.1, §9.2; RFC 7644 §5',
    },
    {
      number: 35,
      level: 'MUST',
      says: 'A user’s `groups` are read-only and follow the groups; a group needs its `displayName`.',
      source: 'RFC 7643 §4.1.2, §4.2, erratum 5368',
    },
    {
      number: 36,
      level: 'MAY',
      says: '`active`, `roles`, `entitlements`, `x509Certificates` are kept.',
      source: 'RFC 7643 §4.1',
    },
  ],
}
