import type { ApiKey } from '@muster/repository'
import { toTypeId } from '@muster/runtime/type-ids'
import { type Static, Type } from 'typebox'
import { closed, organizationChoice } from '../schema/parameters.ts'
import { displayName, futureInstant, nullableTimestamp, timestamp } from '../schema/values.ts'

const role = Type.Enum(['ADMIN', 'VIEWER'], { description: 'ADMIN reads and writes, VIEWER reads.' })

const properties = {
  id: Type.String(),
  name: Type.String(),
  role,
  hint: Type.String({ description: 'The last characters of the key.' }),
  createdAt: timestamp,
  expiresAt: nullableTimestamp,
  lastUsedAt: nullableTimestamp,
}

export const keySchema = Type.Object(properties)

export const createdKeySchema = Type.Object({
  ...properties,
  key: Type.String({ description: 'The key itself. Shown this once.' }),
})

export const keyDraft = closed({
  ...organizationChoice,
  name: displayName,
  role,
  expiresAt: Type.Optional(futureInstant),
})

export function representKey(key: ApiKey): Static<typeof keySchema> {
  return {
    id: toTypeId('apiKey', key.apiKeyId),
    name: key.name,
    role: key.role,
    hint: key.hint,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
  }
}
