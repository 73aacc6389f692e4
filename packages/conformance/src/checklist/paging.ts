import type { Section } from './point.ts'

export const indexPaging: Section = {
  title: 'Paging by index',
  points: [
    {
      number: 67,
      level: 'MUST',
      says: '`startIndex` counts from 1, `count` bounds the page, 0 asks for the total only; the order is stable.',
      source: 'RFC 7644 §3.4.2.4',
    },
    {
      number: 68,
      level: 'OURS',
      says: 'Beyond the end there is nothing, with the right total; what is no number is 400.',
      source: 'RFC 7644 §3.4.2.4 leaves it open',
    },
  ],
}

export const cursorPaging: Section = {
  title: 'Paging by cursor',
  points: [
    {
      number: 69,
      level: 'MUST',
      says: 'An empty cursor is the first page; every page but the last names the next; cursors need no encoding.',
      source: 'RFC 9865 §2',
    },
    {
      number: 70,
      level: 'SHOULD',
      says: 'Bad cursors and counts are told by their scimType.',
      source: 'RFC 9865 §2.2',
    },
    {
      number: 71,
      level: 'MUST',
      says: 'Where both methods are, the default is the advertised one.',
      source: 'RFC 9865 §2.1, §4',
    },
    {
      number: 72,
      level: 'OURS',
      says: 'The first page says the total.',
      source: 'RFC 9865 §2',
    },
    {
      number: 73,
      level: 'MUST',
      says: '`/.search` takes the cursor in its body; pages keep the order that was asked for.',
      source: 'RFC 9865 §2.3, §3',
    },
    {
      number: 74,
      level: 'MUST',
      says: 'A cursor is bound to who got it, and tells strangers nothing.',
      source: 'RFC 9865 §5.2',
    },
  ],
}
