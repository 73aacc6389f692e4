import { Type } from 'typebox'
import { closed } from './values.ts'

export const causeSchema = closed(
  {
    kind: Type.Enum(['scim', 'sync', 'api', 'hook', 'system']),
    id: Type.String({ description: 'Names it in the logs: a request, a sync run, an API key.' }),
  },
  { title: 'EventCause', description: 'What made a change happen.' },
)
