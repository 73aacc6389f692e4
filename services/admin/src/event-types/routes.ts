import { dataSchema, type EventType, eventCatalogue } from '@muster/events'
import { Type } from 'typebox'
import type { AdminApp } from '../admin-app.ts'
import { listOf } from '../schema/page.ts'
import { closed } from '../schema/parameters.ts'
import { openObject } from '../schema/values.ts'

const eventTypeSchema = Type.Object({
  type: Type.String(),
  when: Type.String({ description: 'When it happens, in Markdown.' }),
  alarm: Type.Boolean({ description: 'Whether somebody should look at it.' }),
  dataSchema: Type.Unsafe<Record<string, unknown>>({
    ...openObject,
    description: 'Of the `data` of its events: JSON Schema 2020-12.',
  }),
})

const eventTypes = Object.entries(eventCatalogue).map(([type, { when, ...definition }]) => ({
  ...{ type, when, alarm: 'alarm' in definition },
  dataSchema: { ...dataSchema(type as EventType) },
}))

/** The event catalogue, for whoever generates code or forms from it. */
export function eventTypeRoutes(app: AdminApp): void {
  app.get(
    '/api/event-types',
    {
      config: { role: 'VIEWER', organization: 'none' },
      schema: {
        tags: ['events'],
        operationId: 'listEventTypes',
        description: 'Every event type with the schema of what its events say; all on one page.',
        querystring: closed({}),
        response: { 200: listOf(eventTypeSchema) },
      },
    },
    async () => ({ data: eventTypes, nextCursor: null }),
  )
}
