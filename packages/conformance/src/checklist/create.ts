import type { Section } from './point.ts'

export const create: Section = {
  title: 'Create',
  points: [
    {
      number: 44,
      level: 'MUST',
      says: 'POST answers 201 with the address and the resource.',
      source: 'RFC 7644 §3.3',
    },
    { number: 45, level: 'MUST', says: 'A duplicate is 409 `uniqueness`.', source: 'RFC 7644 §3.3' },
    {
      number: 46,
      level: 'MUST',
      says: 'What is missing, of the wrong type or no JSON is 400.',
      source: 'RFC 7644 §3.12',
    },
    {
      number: 47,
      level: 'MUST',
      says: 'The answer leaves out what was ignored and obeys `attributes` and `excludedAttributes`.',
      source: 'RFC 7644 §3.3, §3.9',
    },
    { number: 48, level: 'OURS', says: 'Unknown attributes are ignored.', source: 'Entra ID, OneLogin' },
  ],
}
