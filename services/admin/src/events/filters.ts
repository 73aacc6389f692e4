import { type EventType, eventCatalogue } from '@muster/events'
import { MusterError } from '@muster/runtime/errors'
import { type Static, Type } from 'typebox'
import { filterUuid } from '../ids.ts'
import type { closed } from '../schema/parameters.ts'

export const sequenceText = Type.String({
  pattern: '^[0-9]{1,15}$',
  description: 'Sequence number: the events behind it. Default: from the first.',
})

/** To be spread into the query of whatever shows events. */
export const eventFilters = {
  after: Type.Optional(sequenceText),
  types: Type.Optional(Type.String({ maxLength: 2_000, description: 'Event types, separated by commas.' })),
  directoryId: Type.Optional(Type.String({ maxLength: 64 })),
}

export interface EventFilter {
  types: EventType[] | undefined
  directoryId: string | undefined
}

/** @throws `invalidValue` for types that there are not, and for an id of something else */
export function readEventFilter(query: Static<ReturnType<typeof closed<typeof eventFilters>>>): EventFilter {
  return { types: readTypes(query.types), directoryId: filterUuid('directory', 'directoryId', query.directoryId) }
}

function readTypes(text: string | undefined): EventType[] | undefined {
  if (text === undefined) return undefined
  const types = text.split(',')
  if (types.every(isEventType)) return types
  throw new MusterError('invalidValue', `query.types may name ${Object.keys(eventCatalogue).join(', ')}.`)
}

function isEventType(text: string): text is EventType {
  return Object.hasOwn(eventCatalogue, text)
}
