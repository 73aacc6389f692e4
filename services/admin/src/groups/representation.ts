import { groupSchema } from '@muster/events'
import { type Static, Type } from 'typebox'

// A group: the repository shapes it, the same for events and webhooks (`toGroupView`), and the event catalogue describes it.
export { groupSchema }

/** A group on its own. */
export const groupDetailSchema = Type.Object({
  ...groupSchema.properties,
  userCount: Type.Unsafe<number | null>({
    type: ['integer', 'null'],
    description:
      'People in the group, groups inside it included; null when they are more than 10,000: `GET /api/users/count?groupId=` counts those.',
  }),
})

/** Its dates become text when it is serialised by the schema. */
export function representGroup(group: Record<string, unknown>): Static<typeof groupSchema> {
  return group as Static<typeof groupSchema>
}

export function representGroupDetail(
  group: Record<string, unknown>,
  userCount: number | null,
): Static<typeof groupDetailSchema> {
  return { ...representGroup(group), userCount }
}
