import { Type } from 'typebox'
import { nullableText } from '../schema/values.ts'
import { because, directory, directoryUserId, orNull, reasoned } from './reasons.ts'

const state = Type.Enum(['active', 'inactive'])

/** Who is behind an address, a name or an id, or why nobody is. The repository shapes it. */
export const absenceExplanationSchema = Type.Object({
  isComplete: Type.Boolean({ description: 'False when more match, or have more groups, than are looked at.' }),
  reasons: Type.Array(because, { description: 'Why no user of a directory matches; empty when one does.' }),
  directoryUsers: Type.Array(
    Type.Object({
      directoryId: Type.String(),
      directory,
      directoryUserId,
      userId: nullableText,
      state: orNull(state),
      reasons: Type.Array(because, {
        description: 'Why it has no person, why it counts or does not, and why its address leads to another person.',
      }),
      lastRequestId: Type.Unsafe<string | null>({
        type: ['string', 'null'],
        description: 'Of the newest SCIM request about it in the log.',
      }),
    }),
  ),
  users: Type.Array(Type.Object({ id: Type.String(), state, ...reasoned }), {
    description: 'People with the address or user name, whatever directories hold them.',
  }),
})
