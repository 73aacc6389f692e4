import { type Static, type TObject, type TSchema, Type } from 'typebox'
import { type EventType, eventCatalogue } from './catalogue.ts'
import { causeSchema } from './schemas/cause.ts'
import { closed, nullable, timestamp } from './schemas/values.ts'

/** What made a change happen. `id` names it in the logs: a request, a sync run, an API key. */
export type Cause = Static<typeof causeSchema>

/** The types whose events lose what they say when their person is erased. */
type ErasableEventType = {
  [T in Exclude<EventType, 'directory.user.erased'>]: (typeof eventCatalogue)[T]['subject'] extends 'user' ? T : never
}[Exclude<EventType, 'directory.user.erased'>]

/** What an event of the type says, as JSON, as long as its person is not erased. */
export type EventDataOf<T extends EventType> = Static<TObject<(typeof eventCatalogue)[T]['data']>>

/** An event as JSON, as log and webhook show it. Whoever reads the log meets erased events, too. */
export interface EventOf<T extends EventType> {
  id: string
  type: T
  timestamp: string
  organizationId: string
  directoryId: string | null
  sequence: number
  cause: Cause
  data: EventDataOf<T> | (T extends ErasableEventType ? Static<typeof erasedData> : never)
}

const erasedData = closed(
  { erased: Type.Literal(true) },
  { title: 'ErasedData', description: 'What an event says once its person was erased.' },
)

/** The schema (JSON Schema 2020-12) of what an event of the type says. */
export function dataSchema(type: EventType): TSchema {
  const data = closed(eventCatalogue[type].data)
  return isErasable(type) ? Type.Union([data, erasedData]) : data
}

/** The schema of a whole event of the type. */
export function eventSchema(type: EventType): TSchema {
  return closed({
    id: Type.String({ description: 'The same in log and webhooks.' }),
    type: Type.Literal(type),
    timestamp,
    organizationId: Type.String(),
    directoryId: nullable(Type.String(), 'Null for what an administrator did.'),
    sequence: Type.Integer({ minimum: 1, description: 'Without a gap per organization, in the order of commits.' }),
    cause: causeSchema,
    data: dataSchema(type),
  })
}

function isErasable(type: EventType): type is ErasableEventType {
  return eventCatalogue[type].subject === 'user' && type !== 'directory.user.erased'
}
