import { lastSequence, read, readLog } from '@muster/repository'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { scopeOf } from '../request-context.ts'
import { limitParameter, listOf, pageRowsDefault } from '../schema/page.ts'
import { closed, organizationChoice } from '../schema/parameters.ts'
import { eventFilters, readEventFilter } from './filters.ts'
import { eventSchema, representEvent } from './representation.ts'
import { snapshotRoute } from './snapshot-route.ts'
import { streamRoute } from './stream-route.ts'

const description = `The log of the organization, in order. \`nextCursor\` is the \`sequence\` of the page's last event
while more follow, and null at the end of the log. To follow the log, remember the last \`sequence\` you have seen and ask again with
it as \`after\`: numbers follow the order of commits without a gap, so nothing appears behind it later. What the log no longer has is
answered with 410 (\`gone\`): begin anew with \`GET /api/events/snapshot\`.`

const lastSequenceSchema = Type.Integer({
  description: `The number of the log's last event, whatever is selected. When \`nextCursor\` is null, everything up to it has been
looked at: who selects some of the events goes on behind it, so that the cursor does not grow older than the log.`,
})

/** The event log: by cursor, as a stream, and a snapshot to begin with. */
export function eventRoutes(app: AdminApp, deps: AdminDeps): void {
  listRoute(app, deps)
  streamRoute(app, deps)
  snapshotRoute(app, deps)
}

function listRoute(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/events',
    {
      config: { role: 'VIEWER' },
      schema: {
        tags: ['events'],
        operationId: 'listEvents',
        description,
        querystring: closed({ ...organizationChoice, ...eventFilters, limit: limitParameter }),
        response: { 200: Type.Object({ ...listOf(eventSchema).properties, lastSequence: lastSequenceSchema }) },
      },
    },
    async (request) => {
      const { after = '0', limit = String(pageRowsDefault) } = request.query
      const filter = readEventFilter(request.query)
      // One more than the page holds tells whether the log goes on.
      const page = { after: Number(after), limit: Number(limit) + 1 }
      const [last, events] = await read(database, scopeOf(request), (reader) =>
        // In this order: see lastSequence.
        Promise.all([lastSequence(reader), readLog(reader, filter, page)]),
      )
      const data = events.slice(0, Number(limit)).map(representEvent)
      const nextCursor = events.length > data.length ? String(data.at(-1)?.sequence) : null
      return { data, nextCursor, lastSequence: last }
    },
  )
}
