import type { Section } from './point.ts'

export const query: Section = {
  title: 'Retrieve and list',
  points: [
    { number: 49, level: 'MUST', says: 'GET finds what is there; the rest is 404.', source: 'RFC 7644 §3.4.1' },
    {
      number: 50,
      level: 'MUST',
      says: 'A list is a ListResponse with its total, and its place when it is partial.',
      source: 'RFC 7644 §3.4.2',
    },
    { number: 51, level: 'MUST', says: 'Nothing found is 200 with a total of 0.', source: 'RFC 7644 §3.4.2' },
    {
      number: 52,
      level: 'MUST',
      says: 'A query of the base address covers all resource types.',
      source: 'RFC 7644 §3.4.2.1',
    },
    {
      number: 53,
      level: 'MUST',
      says: 'A query of too much is answered, or refused as `tooMany`.',
      source: 'RFC 7644 §3.4.2.1',
    },
    {
      number: 54,
      level: 'SHOULD',
      says: 'What is secret cannot be searched by the address.',
      source: 'RFC 7644 §7.5.2',
    },
  ],
}

export const filters: Section = {
  title: 'Filters',
  points: [
    {
      number: 55,
      level: 'MUST',
      says: 'The whole grammar: ten operators, `and`, `or`, `not`, groups, in their precedence, in any case.',
      source: 'RFC 7644 §3.4.2.2',
    },
    {
      number: 56,
      level: 'MUST',
      says: 'What is not understood is 400 `invalidFilter`, never ignored.',
      source: 'RFC 7644 §3.4.2.2',
    },
    {
      number: 57,
      level: 'MUST',
      says: 'Order is by type: instants by time, texts by character; booleans have none.',
      source: 'RFC 7644 §3.4.2.2',
    },
    {
      number: 58,
      level: 'MUST',
      says: 'Texts compare as `caseExact` says.',
      source: 'RFC 7644 §3.4.2.2, RFC 7643 §2.2, erratum 6001',
    },
    {
      number: 59,
      level: 'MUST',
      says: 'One matching value is enough; brackets bind their terms to one value.',
      source: 'RFC 7644 §3.4.2.2',
    },
    {
      number: 60,
      level: 'MUST',
      says: '`pr` wants a value that is not empty.',
      source: 'RFC 7644 §3.4.2.2',
    },
    {
      number: 61,
      level: 'OURS',
      says: '`eq null` is absence, `ne` holds for what is absent, `not` is the complement.',
      source: 'RFC 7644 §3.4.2.2 leaves it open',
    },
    {
      number: 62,
      level: 'MUST',
      says: 'Attributes may be qualified by their URN; `schemas` and `meta` can be asked for.',
      source: 'RFC 7644 §3.10, §3.4.2.2',
    },
    {
      number: 63,
      level: 'MUST',
      says: 'The grammar as the errata mend it, and Entra’s `emails[…].value eq`.',
      source: 'RFC 7644 Figure 1, errata 7122, 7319, 7322; Entra ID',
    },
    {
      number: 64,
      level: 'OURS',
      says: 'Booleans as text, `+` for a space, values without quotes.',
      source: 'Entra ID',
    },
    { number: 65, level: 'OURS', says: 'Length, depth and terms are limited.', source: 'RFC 7644 §7' },
  ],
}

export const sorting: Section = {
  title: 'Sorting',
  points: [
    {
      number: 66,
      level: 'MUST',
      says: 'Ascending by default, by `caseExact`, by the primary value; missing values last.',
      source: 'RFC 7644 §3.4.2.3',
    },
  ],
}
