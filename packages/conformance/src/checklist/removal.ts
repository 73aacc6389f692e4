import type { Section } from './point.ts'

export const removal: Section = {
  title: 'Delete',
  points: [
    {
      number: 98,
      level: 'MUST',
      says: 'DELETE answers 204; afterwards there is nothing of the resource, and its name is free.',
      source: 'RFC 7644 §3.6',
    },
  ],
}

export const me: Section = {
  title: 'Me',
  points: [
    {
      number: 99,
      level: 'SHOULD',
      says: '`/Me` is answered, redirected, or 501.',
      source: 'RFC 7644 §3.11',
    },
  ],
}
