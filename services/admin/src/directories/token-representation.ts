import type { DirectoryToken } from '@muster/repository'
import { toTypeId } from '@muster/runtime/type-ids'
import { type Static, Type } from 'typebox'
import { optionalBody, organizationChoice } from '../schema/parameters.ts'
import { futureInstant, nullableTimestamp, timestamp } from '../schema/values.ts'

const properties = {
  id: Type.String(),
  hint: Type.String({ description: 'The last characters of the token.' }),
  createdAt: timestamp,
  expiresAt: nullableTimestamp,
  lastUsedAt: nullableTimestamp,
}

export const tokenSchema = Type.Object(properties)

export const createdTokenSchema = Type.Object({
  ...properties,
  token: Type.String({ description: 'The token itself. Shown this once.' }),
})

export const tokenDraft = optionalBody({ ...organizationChoice, expiresAt: Type.Optional(futureInstant) })

export function representToken(token: DirectoryToken): Static<typeof tokenSchema> {
  return {
    id: toTypeId('token', token.tokenId),
    hint: token.hint,
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt?.toISOString() ?? null,
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
  }
}
