import type { Section } from './point.ts'

export const discovery: Section = {
  title: 'Discovery',
  points: [
    {
      number: 1,
      level: 'MUST',
      says: '`/ServiceProviderConfig` is one object with its own schema, not a list.',
      source: 'RFC 7644 §4',
    },
    {
      number: 2,
      level: 'MUST',
      says: 'It says what of PATCH, bulk, filters, password change, sorting and ETags is supported, and how to authenticate.',
      source: 'RFC 7643 §5',
    },
    {
      number: 3,
      level: 'SHOULD',
      says: 'Authentication schemes can be read without credentials; so can all of discovery, and with credentials as well.',
      source: 'RFC 7643 §5',
    },
    {
      number: 4,
      level: 'SHOULD',
      says: '`pagination` says which paging methods there are, the default one and the page sizes.',
      source: 'RFC 9865 §4',
    },
    {
      number: 5,
      level: 'MAY',
      says: '`securityEvents` is advertised when there are any; absent means there are none.',
      source: 'RFC 9967 §4',
    },
    {
      number: 6,
      level: 'OURS',
      says: 'Roles and entitlements of an expired draft are not advertised.',
      source: 'draft-ietf-scim-roles-entitlements-01',
    },
    {
      number: 7,
      level: 'MUST',
      says: '`/Schemas` and `/ResourceTypes` list everything; each is found by its id; unknown ids are 404.',
      source: 'RFC 7644 §4',
    },
    {
      number: 8,
      level: 'MUST',
      says: 'Sorting and paging are ignored on discovery; a filter there is refused with 403.',
      source: 'RFC 7644 §4',
    },
    {
      number: 9,
      level: 'MUST',
      says: 'A resource type names its endpoint, a served schema and its extensions.',
      source: 'RFC 7643 §6',
    },
    {
      number: 10,
      level: 'MUST',
      says: 'A schema describes every attribute with the keywords of the RFC; nothing is null.',
      source: 'RFC 7643 §7',
    },
    {
      number: 11,
      level: 'MUST',
      says: 'Message schemas are not listed; User, Group and the enterprise extension are.',
      source: 'RFC 7644 §3.1',
    },
    {
      number: 12,
      level: 'OURS',
      says: 'Writing to discovery is 405 with `Allow`.',
      source: 'RFC 9110 §15.5.6',
    },
    {
      number: 13,
      level: 'MUST',
      says: 'Unknown addresses are 404 with a SCIM error.',
      source: 'RFC 7644 §3.12',
    },
    {
      number: 14,
      level: 'SHOULD',
      says: 'The schemas are those that the errata correct.',
      source: 'RFC 7643 §8.7, errata 5368, 6001, 6004, 8415, 8435, 8471',
    },
    {
      number: 15,
      level: 'OURS',
      says: '`id`, `meta` and `schemas` belong to no schema.',
      source: 'RFC 7643 §3.1',
    },
  ],
}
