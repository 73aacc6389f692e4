import type { Section } from './point.ts'

export const characteristics: Section = {
  title: 'Characteristics of attributes',
  points: [
    {
      number: 37,
      level: 'MUST',
      says: 'Read-only attributes are ignored in POST and PUT, and refused as the target of a PATCH, unless nothing changes.',
      source: 'RFC 7644 §3.3, §3.5.1, §3.5.2; Okta',
    },
    {
      number: 38,
      level: 'MUST',
      says: 'An immutable attribute is set once.',
      source: 'RFC 7643 §2.2, RFC 7644 §3.5',
    },
    {
      number: 39,
      level: 'MUST',
      says: '`returned` is obeyed; what is write-only is never returned.',
      source: 'RFC 7643 §2.2, §7',
    },
    {
      number: 40,
      level: 'MUST',
      says: 'What is unique stays unique: 409 `uniqueness` on POST, PUT and PATCH.',
      source: 'RFC 7644 §3.12',
    },
    {
      number: 41,
      level: 'MUST',
      says: '`caseExact` decides how values compare.',
      source: 'RFC 7643 §2.2',
    },
    {
      number: 42,
      level: 'OURS',
      says: 'Canonical values are suggestions: an unknown `type` is kept.',
      source: 'RFC 7643 §7',
    },
    {
      number: 43,
      level: 'OURS',
      says: 'A manager that nobody knows is kept.',
      source: 'RFC 7643 §7; Microsoft’s validator',
    },
  ],
}
