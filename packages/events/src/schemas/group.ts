import { Type } from 'typebox'
import { closed, nullable, timestamp } from './values.ts'

/** A group as every surface shows it; the repository shapes it (`toGroupView`). */
export const groupSchema = closed(
  {
    id: Type.String(),
    name: Type.String(),
    organizationId: Type.String(),
    directoryId: Type.String(),
    idpId: nullable(Type.String(), 'The id by which the directory knows the group.'),
    createdAt: timestamp,
    updatedAt: timestamp,
  },
  { title: 'Group', description: 'A group of a directory.' },
)

/** Active persons who joined or left. */
export const userIdsSchema = Type.Array(Type.String(), { description: 'Ids of persons, up to 1,000 an event.' })
