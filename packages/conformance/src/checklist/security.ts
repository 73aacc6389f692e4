import type { Section } from './point.ts'

export const security: Section = {
  title: 'Security and tenants',
  points: [
    {
      number: 117,
      level: 'MUST',
      says: 'A token reaches its own tenant only, in queries, cursors, references and uniqueness alike.',
      source: 'RFC 7644 §6',
    },
    {
      number: 118,
      level: 'MUST',
      says: 'No personal data in logs, no secret in clear, failures are limited, errors tell nothing of others.',
      source: 'RFC 7643 §9.2, RFC 7644 §7.5',
    },
    {
      number: 119,
      level: 'OURS',
      says: 'Hostile JSON is refused: prototypes, depth, size, duplicate keys.',
      source: 'CWE-1321, RFC 8259 §4',
    },
  ],
}
