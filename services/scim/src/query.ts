import { parseIndexPage } from '@muster/scim'
import type { FastifySchema } from 'fastify'

/** The most resources on a page; advertised in the ServiceProviderConfig. */
export const pageResourcesMax = 1_000
export const pageResourcesDefault = 100

/** Query parameters as they arrive: each at most once, always text. Unknown ones are ignored (RFC 7644 §3.4.2). */
export interface ListQuery {
  filter?: string
  startIndex?: string
  count?: string
  attributes?: string
  excludedAttributes?: string
}

const text = { type: 'string' } as const

/** Ajv refuses a parameter that is given twice: no guess which one was meant. */
export const querySchema: FastifySchema = {
  querystring: {
    type: 'object',
    properties: { filter: text, startIndex: text, count: text, attributes: text, excludedAttributes: text },
  },
}

export function indexPage(query: ListQuery): { startIndex: number; count: number } {
  return parseIndexPage(query, { defaultCount: pageResourcesDefault, maxCount: pageResourcesMax })
}
