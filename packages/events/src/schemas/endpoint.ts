import { Type } from 'typebox'
import { closed } from './values.ts'

const endpoint = {
  id: Type.String(),
  url: Type.String({ description: 'Without its query, which may hold a secret.' }),
}

export const endpointSchema = closed(endpoint, { description: 'A webhook endpoint.' })

export const disabledEndpointSchema = closed(
  {
    ...endpoint,
    reason: Type.Enum(['gone', 'dead'], {
      description: '`gone`: it answered 410. `dead`: nothing could be delivered to it for three days.',
    }),
  },
  { description: 'A webhook endpoint.' },
)

export const deliverySchema = closed(
  {
    eventId: Type.String(),
    sequence: Type.Integer({ minimum: 1 }),
    type: Type.String({ description: 'Of the event that was not delivered.' }),
    attempts: Type.Integer({ minimum: 1 }),
  },
  { description: 'The event that was not delivered.' },
)
