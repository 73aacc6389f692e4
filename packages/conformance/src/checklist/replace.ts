import type { Section } from './point.ts'

export const replace: Section = {
  title: 'Replace',
  points: [
    {
      number: 79,
      level: 'MUST',
      says: 'PUT answers 200 with the resource and never creates one.',
      source: 'RFC 7644 §3.5.1',
    },
    {
      number: 80,
      level: 'MUST',
      says: 'What can be written is replaced; what is left out is cleared, except `active` and the password.',
      source: 'RFC 7644 §3.5.1; Okta',
    },
    {
      number: 81,
      level: 'MUST',
      says: 'What is required must be there; what is read-only is ignored.',
      source: 'RFC 7644 §3.5.1',
    },
    {
      number: 82,
      level: 'OURS',
      says: 'Another `id` in the body is ignored.',
      source: 'RFC 7644 §3.5.1, erratum 7898',
    },
  ],
}
