import type { Section } from './point.ts'

export const patch: Section = {
  title: 'PATCH',
  points: [
    {
      number: 83,
      level: 'MUST',
      says: 'A PatchOp with operations `add`, `remove`, `replace`; tolerance for their case, a missing schema and no operation.',
      source: 'RFC 7644 §3.5.2; Entra ID, Okta',
    },
    { number: 84, level: 'MUST', says: 'All operations in order, or none.', source: 'RFC 7644 §3.5.2' },
    {
      number: 85,
      level: 'MUST',
      says: '200 with the resource or 204; 200 when `attributes` are asked for.',
      source: 'RFC 7644 §3.5.2',
    },
    {
      number: 86,
      level: 'MUST',
      says: 'Paths follow their grammar; a broken one is 400.',
      source: 'RFC 7644 §3.5.2',
    },
    {
      number: 87,
      level: 'MUST',
      says: '`add` merges, appends or sets; what is there already changes nothing, not even `lastModified`.',
      source: 'RFC 7644 §3.5.2.1',
    },
    {
      number: 88,
      level: 'OURS',
      says: '`add` to a filtered value that is missing makes it.',
      source: 'Entra ID',
    },
    {
      number: 89,
      level: 'MUST',
      says: '`remove` unassigns, or removes what its filter finds; never what is required or read-only; never without a path.',
      source: 'RFC 7644 §3.5.2.2',
    },
    {
      number: 90,
      level: 'OURS',
      says: '`remove` with a value removes those values, and no others.',
      source: 'Entra ID, OneLogin, JumpCloud, authentik, Ping',
    },
    {
      number: 91,
      level: 'MUST',
      says: '`replace` sets, merges complex values, replaces whole lists; without a match it is `noTarget`.',
      source: 'RFC 7644 §3.5.2.3; Entra ID',
    },
    {
      number: 92,
      level: 'MUST',
      says: 'A new primary value takes the mark from the old one.',
      source: 'RFC 7644 §3.5.2',
    },
    {
      number: 93,
      level: 'MUST',
      says: 'Every operation obeys schema and mutability.',
      source: 'RFC 7644 §3.5.2',
    },
    {
      number: 94,
      level: 'MUST',
      says: 'A qualified path adds the extension to `schemas`; the core URN is no extension.',
      source: 'RFC 7644 §3.5.2',
    },
    {
      number: 95,
      level: 'OURS',
      says: 'Keys of a value may be dotted, qualified, or whole paths.',
      source: 'Entra ID',
    },
    {
      number: 96,
      level: 'OURS',
      says: 'Values that are nearly right are understood: text booleans, bare managers, lists of one.',
      source: 'Entra ID, OneLogin, SailPoint',
    },
    {
      number: 97,
      level: 'OURS',
      says: 'An unknown path is refused by the letter, ignored in tolerance.',
      source: 'RFC 7644 §3.5.2; Entra ID',
    },
  ],
}
