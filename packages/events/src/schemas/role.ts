import { Type } from 'typebox'
import { closed } from './values.ts'

export const roleSchema = closed(
  {
    id: Type.String(),
    source: Type.String({ description: '`manual`, or `group:` and the id of the group; one entry a source.' }),
  },
  { title: 'SourcedRole', description: 'A role of a person, and why the person has it.' },
)
