import type { Section } from './point.ts'

export const projection: Section = {
  title: 'Attributes and search',
  points: [
    {
      number: 75,
      level: 'MUST',
      says: '`attributes` and `excludedAttributes` work wherever a resource is answered.',
      source: 'RFC 7644 §3.9',
    },
    {
      number: 76,
      level: 'MUST',
      says: 'What is always returned is, what is never returned is not.',
      source: 'RFC 7644 §3.9',
    },
    {
      number: 77,
      level: 'MUST',
      says: 'Names may be qualified by URN, name a sub-attribute or a whole extension; case is free.',
      source: 'RFC 7644 §3.9, §3.10',
    },
    {
      number: 78,
      level: 'MUST',
      says: '`/.search` takes a query in its body, at an endpoint and at the base.',
      source: 'RFC 7644 §3.4.3',
    },
  ],
}
