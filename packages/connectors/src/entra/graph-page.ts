import { ConnectorError } from '../connector-error.ts'
import type { JsonValue } from '../source-record.ts'

/** An object of a list, in Graph's words. */
export interface GraphObject {
  readonly id: string
  readonly [property: string]: JsonValue
}

/** A page of a list, and where its next one is; neither link behind the last page of a plain list. */
export interface GraphPage {
  objects: readonly GraphObject[]
  nextLink?: string
  /** Where the next delta begins; only on the last page of a round. */
  deltaLink?: string
}

/** @throws ConnectorError `protocol` when it is no page of objects with ids */
export function toGraphPage(read: unknown): GraphPage {
  const page = (read ?? {}) as Record<string, unknown>
  const { value, '@odata.nextLink': nextLink, '@odata.deltaLink': deltaLink } = page
  if (!Array.isArray(value) || !value.every(isObject)) {
    throw new ConnectorError('protocol', 'Microsoft Graph answered without a list of objects with ids.')
  }
  return {
    objects: value,
    ...(typeof nextLink === 'string' && { nextLink }),
    ...(typeof deltaLink === 'string' && { deltaLink }),
  }
}

function isObject(value: unknown): value is GraphObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return 'id' in value && typeof value.id === 'string' && value.id !== ''
}
