import { read, readLog } from '@muster/repository'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { scopeOf } from '../request-context.ts'
import { closed, organizationChoice } from '../schema/parameters.ts'
import { AnswerStreams, answerText } from './answer-streams.ts'
import { eventFilters, readEventFilter, sequenceText } from './filters.ts'
import { followEvents } from './follow-events.ts'
import { SequenceWatch } from './sequence-watch.ts'
import { StreamSlots } from './stream-slots.ts'

const slots = { process: 100, organization: 10 } as const
/** The most a timer takes (24 days): how long a stream lasts is not the listener's to limit. */
const handlerTimeout = 2 ** 31 - 1

const description = `The log of the organization as server-sent events: what is behind \`after\`, then every event as it comes. A
message's \`id\` is the \`sequence\`, its \`event\` the type, its \`data\` the event as \`GET /api/events\` shows it. A client that comes
again with \`Last-Event-ID\`, as an EventSource does by itself, goes on behind that one and misses nothing. A comment comes every 15
seconds, with the number up to which there was nothing to send as \`id\`. A message \`error\` with a problem as \`data\` is the last of a stream; what the log no longer has is answered with 410 (\`gone\`).
An organization may have 10 streams at the same time of one process.`

export function streamRoute(app: AdminApp, { database, logger }: AdminDeps): void {
  const streams = new AnswerStreams(app)
  const streamSlots = new StreamSlots(slots)
  const watch = new SequenceWatch(database, logger)
  app.addHook('onClose', () => watch.stop())
  app.get(
    '/api/events/stream',
    {
      config: { role: 'VIEWER' },
      handlerTimeout,
      exposeHeadRoute: false,
      schema: {
        tags: ['events'],
        operationId: 'streamEvents',
        description,
        querystring: closed({ ...organizationChoice, ...eventFilters }),
        headers: Type.Object({ 'last-event-id': Type.Optional(sequenceText) }),
        response: { 200: { content: { 'text/event-stream': { schema: answerText } } } },
      },
    },
    async (request, reply) => {
      const scope = scopeOf(request)
      const filter = readEventFilter(request.query)
      const after = Number(request.headers['last-event-id'] ?? request.query.after ?? 0)
      const done = streamSlots.take(scope.organizationId)
      // Whether the log still has what comes behind is told by the status, before anything is sent.
      await read(database, scope, (reader) => readLog(reader, {}, { after, limit: 1 })).catch((error) => {
        done()
        throw error
      })
      const watched = watch.watch(scope)
      const isStillAdmitted = () => app.isStillAdmitted(request)
      const body = streams.begin(followEvents({ database, scope, filter, after, watched, isStillAdmitted }), {
        done: () => {
          watched.release()
          done()
        },
      })
      // A proxy that collects an answer before it passes it on would hold events back.
      return reply
        .headers({ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no', connection: 'close' })
        .send(body)
    },
  )
}
