import { type Static, Type } from 'typebox'
import { nullableText, timestamp } from '../schema/values.ts'

/** A group of a directory. The repository shapes it, the same for events and webhooks (`toGroupView`). */
export const groupSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  organizationId: Type.String(),
  directoryId: Type.String(),
  idpId: nullableText,
  createdAt: timestamp,
  updatedAt: timestamp,
})

/** Its dates become text when it is serialised by the schema. */
export function representGroup(group: Record<string, unknown>): Static<typeof groupSchema> {
  return group as Static<typeof groupSchema>
}
