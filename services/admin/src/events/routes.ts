import { type EventType, eventCatalogue } from '@muster/events'
import { listEvents, read } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { filterUuid } from '../ids.ts'
import { scopeOf } from '../request-context.ts'
import { limitParameter, listOf, pageRowsDefault } from '../schema/page.ts'
import { closed, organizationChoice } from '../schema/parameters.ts'
import { eventSchema, representEvent } from './representation.ts'

const query = closed({
  ...organizationChoice,
  after: Type.Optional(
    Type.String({
      pattern: '^[0-9]{1,15}$',
      description: 'Sequence number: the events behind it. Default: from the first.',
    }),
  ),
  types: Type.Optional(Type.String({ maxLength: 2_000, description: 'Event types, separated by commas.' })),
  directoryId: Type.Optional(Type.String({ maxLength: 64 })),
  limit: limitParameter,
})

const description = `The log of the organization, in order. \`nextCursor\` is the \`sequence\` of the page's last event
while more follow, and null at the end of the log. To follow the log, remember the last \`sequence\` you have seen and ask again with
it as \`after\`: numbers follow the order of commits without a gap, so nothing appears behind it later.`

export function eventRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/events',
    {
      config: { role: 'VIEWER' },
      schema: {
        tags: ['events'],
        operationId: 'listEvents',
        description,
        querystring: query,
        response: { 200: listOf(eventSchema) },
      },
    },
    async (request) => {
      const { after = '0', limit = String(pageRowsDefault), types, directoryId } = request.query
      const filter = { types: readTypes(types), directoryId: filterUuid('directory', 'directoryId', directoryId) }
      // One more than the page holds tells whether the log goes on.
      const page = { after: Number(after), limit: Number(limit) + 1 }
      const events = await read(database, scopeOf(request), (reader) => listEvents(reader, filter, page))
      const data = events.slice(0, Number(limit)).map(representEvent)
      return { data, nextCursor: events.length > data.length ? String(data.at(-1)?.sequence) : null }
    },
  )
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
