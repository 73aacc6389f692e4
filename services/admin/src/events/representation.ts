import type { EventView } from '@muster/repository'
import { type Static, Type } from 'typebox'
import { nullableText, openObject, timestamp } from '../schema/values.ts'

export const eventSchema = Type.Object({
  id: Type.String({ description: 'The same in log and webhooks.' }),
  type: Type.String(),
  timestamp,
  organizationId: Type.String(),
  directoryId: nullableText,
  sequence: Type.Integer({ description: 'Without a gap per organization, in the order of commits.' }),
  cause: Type.Object({ kind: Type.String(), id: Type.String() }),
  data: openObject,
})

export function representEvent(event: EventView): Static<typeof eventSchema> {
  return { ...event, timestamp: event.timestamp.toISOString() }
}
