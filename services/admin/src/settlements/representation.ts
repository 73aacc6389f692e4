import type { Settlement } from '@muster/repository'
import { toTypeId } from '@muster/runtime/type-ids'
import { type Static, Type } from 'typebox'
import { timestamp } from '../schema/values.ts'

const properties = {
  id: Type.String(),
  kind: Type.Enum(['directory_users', 'roles', 'hold'], {
    description: 'What is derived anew: all that follows from directory users, roles alone, or what a hold lets go.',
  }),
  directoryId: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'Null: of all directories.' }),
  holdId: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'The hold that is let go, or in which removals wait.',
  }),
  status: Type.Enum(['running', 'done'], { description: 'A running one goes on by itself.' }),
  total: Type.Integer({ description: 'How much there was to do at the beginning.' }),
  done: Type.Integer(),
  createdAt: timestamp,
  updatedAt: timestamp,
}

/** People being derived anew. */
export const settlementSchema = Type.Object(properties)

/** What a change has begun, beside the resource that was changed. */
export const startedProperties = {
  settlement: Type.Unsafe<Static<typeof settlementSchema> | null>({
    type: ['object', 'null'],
    properties,
    required: Object.keys(properties),
    description: 'The people who are derived anew because of this change; null when nobody is.',
  }),
  holdIds: Type.Array(Type.String(), {
    description: 'The holds that this change opened: what it would remove, or its order of directories, waits there.',
  }),
}

export const startedSchema = Type.Object({ settlement: settlementSchema, holdIds: startedProperties.holdIds })

export const settlementFilters = {
  status: Type.Optional(Type.Enum(['running', 'done'])),
}

export function representSettlement(settlement: Settlement): Static<typeof settlementSchema> {
  const { directoryId, holdId } = settlement
  return {
    id: toTypeId('settlement', settlement.settlementId),
    kind: settlement.kind,
    directoryId: directoryId && toTypeId('directory', directoryId),
    holdId: holdId && toTypeId('hold', holdId),
    status: settlement.status,
    total: settlement.total,
    done: settlement.done,
    createdAt: settlement.createdAt.toISOString(),
    updatedAt: settlement.updatedAt.toISOString(),
  }
}
