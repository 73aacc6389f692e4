import { MusterError } from '@muster/runtime/errors'
import { type Profile, readMessage } from '@muster/scim'
import type { FastifySchema } from 'fastify'

/**
 * What a client asks of a list (RFC 7644 §3.4.2, RFC 9865 §2): as query parameters, which are text, or as the body of
 * `.search`, which has numbers and lists.
 */
export interface ListRequest {
  filter?: string
  sortBy?: string
  sortOrder?: string
  startIndex?: string | number
  count?: string | number
  /** Empty asks for the first page by cursor. */
  cursor?: string
  attributes?: string | string[]
  excludedAttributes?: string | string[]
}

const parameters = [
  'filter',
  'sortBy',
  'sortOrder',
  'startIndex',
  'count',
  'cursor',
  'attributes',
  'excludedAttributes',
] as const

/** Each at most once: Ajv refuses a list, so nobody guesses which one was meant. Unknown ones are ignored (RFC 7644 §3.4.2). */
export const querySchema: FastifySchema = {
  querystring: {
    type: 'object',
    properties: Object.fromEntries(parameters.map((name) => [name, { type: 'string' }])),
  },
}

/**
 * Reads the body of `.search` (RFC 7644 §3.4.3): the parameters of a query, names in any case, others ignored.
 * @throws `invalidSyntax` for what is no SearchRequest, `invalidValue` naming the parameter
 */
export function readSearchRequest(body: unknown, profile: Profile): ListRequest {
  const given = readMessage(body, 'SearchRequest', profile)
  const request: Record<string, unknown> = {}
  for (const name of parameters) {
    const value = given.get(name.toLowerCase())
    if (value === undefined || value === null) continue
    if (!isOfType(name, value)) throw new MusterError('invalidValue', `${name} must be ${expected(name)}`)
    request[name] = value
  }
  return request
}

const numbers: ReadonlySet<string> = new Set(['startIndex', 'count'])
const lists: ReadonlySet<string> = new Set(['attributes', 'excludedAttributes'])

function isOfType(name: string, value: unknown): boolean {
  if (numbers.has(name)) return typeof value === 'number' || typeof value === 'string'
  if (typeof value === 'string') return true
  return lists.has(name) && Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function expected(name: string): string {
  if (numbers.has(name)) return 'a whole number'
  return lists.has(name) ? 'a list of attribute names' : 'a string'
}
