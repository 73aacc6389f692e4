import { Type } from 'typebox'
import { closed, nullable, timestamp } from './values.ts'

/** Removals that wait, or waited, for a decision. */
export const holdSchema = closed(
  {
    id: Type.String(),
    status: Type.Enum(['open', 'approved', 'rejected', 'expired', 'withdrawn']),
    reason: Type.Enum(['push', 'settings', 'directory_deleted', 'sync']),
    kind: Type.Enum(['users', 'groups', 'memberships'], { description: 'Of what there were too many.' }),
    expiresAt: nullable(timestamp, 'Null: it stays open until somebody decides.'),
  },
  { title: 'HoldInfo', description: 'Removals that wait, or waited, for a decision.' },
)
