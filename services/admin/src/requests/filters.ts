import type { ScimRequestQuery } from '@muster/repository'
import { type Static, Type } from 'typebox'
import { filterUuid } from '../ids.ts'
import type { closed } from '../schema/parameters.ts'
import { timestamp } from '../schema/values.ts'

/** What narrows a list or count of SCIM requests. */
export const requestFilters = {
  directoryId: Type.Optional(Type.String({ maxLength: 64 })),
  status: Type.Optional(
    Type.String({ pattern: '^[1-5]([0-9]{2}|xx)$', description: 'One status, or a class of them: `4xx`.' }),
  ),
  method: Type.Optional(Type.Enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])),
  since: Type.Optional({ ...timestamp, description: 'ISO 8601; requests from then on.' }),
  until: Type.Optional({ ...timestamp, description: 'ISO 8601; requests before.' }),
}

/** @throws `invalidValue` for a directoryId that is none */
export function readFilters(query: Static<ReturnType<typeof closed<typeof requestFilters>>>): ScimRequestQuery {
  return {
    directoryId: filterUuid('directory', 'directoryId', query.directoryId),
    method: query.method,
    statuses: query.status === undefined ? undefined : statusRange(query.status),
    since: query.since === undefined ? undefined : new Date(query.since),
    until: query.until === undefined ? undefined : new Date(query.until),
  }
}

function statusRange(status: string): { from: number; to: number } {
  return { from: Number(status.replace('xx', '00')), to: Number(status.replace('xx', '99')) }
}
