import type { Section } from './point.ts'

export const transport: Section = {
  title: 'Media types, addresses, versions, transport',
  points: [
    {
      number: 16,
      level: 'MUST',
      says: 'JSON in UTF-8 goes in and out as `application/scim+json`, which is also the default, or `application/json`.',
      source: 'RFC 7644 §3.1, §3.8',
    },
    {
      number: 17,
      level: 'OURS',
      says: 'Who accepts only `application/json` gets that; everybody else gets `application/scim+json`.',
      source: 'OneLogin, Entra ID',
    },
    {
      number: 18,
      level: 'MAY',
      says: 'The suffix `.scim` of a resource address asks for SCIM JSON.',
      source: 'RFC 7644 §3.8',
    },
    {
      number: 19,
      level: 'MUST',
      says: 'The version stands before the endpoint; another version is refused.',
      source: 'RFC 7644 §1.3, §3.13',
    },
    {
      number: 20,
      level: 'SHOULD',
      says: 'Unknown query parameters are ignored.',
      source: 'RFC 7644 §3.4.2; Entra ID',
    },
    {
      number: 21,
      level: 'MUST',
      says: 'Every failure has a SCIM error as its body, those of the framework included.',
      source: 'RFC 7644 §3.12',
    },
    {
      number: 22,
      level: 'MUST',
      says: 'TLS 1.2 or newer; tokens are hard to guess, expire, and travel in headers only.',
      source: 'RFC 7644 §7.2, §7.4',
    },
    {
      number: 23,
      level: 'MUST',
      says: '401 says by `WWW-Authenticate` how to authenticate.',
      source: 'RFC 7644 §2',
    },
  ],
}
