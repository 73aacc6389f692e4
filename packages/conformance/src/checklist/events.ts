import type { Section } from './point.ts'

export const events: Section = {
  title: 'Security events and asynchronous requests',
  points: [
    {
      number: 110,
      level: 'MUST',
      says: 'An event names its subject by `sub_id` of format `scim`.',
      source: 'RFC 9967 §2',
      later: true,
    },
    {
      number: 111,
      level: 'MUST',
      says: 'Full events carry data, notices carry attribute names, deletions neither.',
      source: 'RFC 9967 §2.4',
      later: true,
    },
    { number: 112, level: 'MUST', says: 'Event URIs are the registered ones.', source: 'RFC 9967 §2.3', later: true },
    { number: 113, level: 'MUST', says: '`txn` ties events to their request.', source: 'RFC 9967 §2', later: true },
    {
      number: 114,
      level: 'MAY',
      says: '`Prefer: respond-async` is answered by 202 and, later, an event.',
      source: 'RFC 9967 §2.5',
      later: true,
    },
    {
      number: 115,
      level: 'SHOULD',
      says: 'Notices are preferred for large groups; receivers persist before they acknowledge.',
      source: 'RFC 9967 §2, §3',
      later: true,
    },
    {
      number: 116,
      level: 'MUST',
      says: 'Delivery of security event tokens by push and poll.',
      source: 'RFC 8417, RFC 8935, RFC 8936',
      later: true,
    },
  ],
}
