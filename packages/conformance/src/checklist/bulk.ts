import type { Section } from './point.ts'

export const bulk: Section = {
  title: 'Bulk',
  points: [
    {
      number: 100,
      level: 'MUST',
      says: 'A BulkRequest of POST, PUT, PATCH and DELETE; POST needs a bulkId.',
      source: 'RFC 7644 §3.7',
    },
    { number: 101, level: 'MUST', says: 'Beyond an advertised limit: 413.', source: 'RFC 7644 §3.7.4' },
    {
      number: 102,
      level: 'MUST',
      says: 'It goes on after failures, up to `failOnErrors`.',
      source: 'RFC 7644 §3.7.3',
    },
    {
      number: 103,
      level: 'MUST',
      says: 'The answer tells every operation with location, bulkId, version and status as text.',
      source: 'RFC 7644 §3.7.3, erratum 7916',
    },
    {
      number: 104,
      level: 'MUST',
      says: '`bulkId:` references are resolved anywhere, in any order, in circles.',
      source: 'RFC 7644 §3.7.1, §3.7.2',
    },
    { number: 105, level: 'MUST', says: 'The data of a PATCH is a PatchOp.', source: 'RFC 7644 §3.7, erratum 5050' },
    {
      number: 106,
      level: 'OURS',
      says: 'An unknown bulkId fails its operation alone; one that is used twice is refused.',
      source: 'RFC 7644 §3.7.2 leaves it open',
    },
  ],
}

export const preconditions: Section = {
  title: 'ETags',
  points: [
    {
      number: 107,
      level: 'MAY',
      says: '`ETag` and `meta.version` agree; `If-None-Match` is 304, a lost `If-Match` is 412.',
      source: 'RFC 7644 §3.14',
    },
  ],
}

export const errors: Section = {
  title: 'Errors',
  points: [
    {
      number: 108,
      level: 'MUST',
      says: 'An error has its schema, its status as text, and a scimType of the table.',
      source: 'RFC 7644 §3.12, RFC 9865 §2.2, erratum 6893',
    },
    {
      number: 109,
      level: 'MUST',
      says: 'Each failure has its status: 401, 403, 404, 409, 412, 413, 429, 500, 501.',
      source: 'RFC 7644 §3.12',
    },
  ],
}
