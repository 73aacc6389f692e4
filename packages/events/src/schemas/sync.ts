import { Type } from 'typebox'
import { closed } from './values.ts'

const count = Type.Integer({ minimum: 0 })

/** What a sync run changed. */
export const statsSchema = closed(
  {
    usersCreated: count,
    usersUpdated: count,
    usersDeleted: Type.Integer({ minimum: 0, description: 'People who were deprovisioned.' }),
    groupsCreated: count,
    membershipChanges: count,
    duration: Type.Integer({ minimum: 0, description: 'Milliseconds.' }),
  },
  { title: 'SyncStats', description: 'What a sync run changed.' },
)

/** The sync run behind an event; absent when there is none. */
export const runSchema = Type.Optional(
  closed({ id: Type.String() }, { title: 'SyncRun', description: 'The sync run behind it.' }),
)

export const errorSchema = closed(
  { code: Type.Optional(Type.String({ description: 'Stable name of the error.' })), message: Type.String() },
  { title: 'SyncError', description: 'What went wrong, without secrets.' },
)
