import { readSnapshot, type SnapshotPart } from '@muster/repository'
import { toTypeId } from '@muster/runtime/type-ids'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { representGroup } from '../groups/representation.ts'
import { scopeOf } from '../request-context.ts'
import { organizationQuery } from '../schema/parameters.ts'
import { representUser } from '../users/representation.ts'
import { AnswerStreams, answerText } from './answer-streams.ts'
import { StreamSlots } from './stream-slots.ts'

/** Each has a connection to the database for as long as it takes. */
const slots = { process: 2, organization: 2 } as const
const millisecondsMax = 15 * 60_000

const description = `Everybody, and all groups, at one moment of the log; one JSON object a line. The first is
\`{ "kind": "start", "sequence": … }\`, then come \`{ "kind": "group", "group": … }\` and \`{ "kind": "user", "user": … }\`, as the lists show
them, and at last \`{ "kind": "end", "groups": …, "users": … }\` with how many there were: without that line the snapshot is not complete. Go on with
the events behind \`sequence\`. A process gives two at a time, each for 15 minutes at most.`

export function snapshotRoute(app: AdminApp, { database }: AdminDeps): void {
  const streams = new AnswerStreams(app)
  const streamSlots = new StreamSlots(slots)
  app.get(
    '/api/events/snapshot',
    {
      config: { role: 'VIEWER' },
      handlerTimeout: millisecondsMax + 60_000,
      exposeHeadRoute: false,
      schema: {
        tags: ['events'],
        operationId: 'takeSnapshot',
        description,
        querystring: organizationQuery,
        response: { 200: { content: { 'application/x-ndjson': { schema: answerText } } } },
      },
    },
    async (request, reply) => {
      const scope = scopeOf(request)
      const done = streamSlots.take(scope.organizationId)
      const body = streams.begin(
        (write) => readSnapshot(database, scope, (part) => write(linesOf(part, scope.organizationId))),
        { millisecondsMax, done },
      )
      return reply.headers({ 'content-type': 'application/x-ndjson', 'x-accel-buffering': 'no' }).send(body)
    },
  )
}

function linesOf(part: SnapshotPart, organizationId: string): string {
  return objectsOf(part, organizationId)
    .map((object) => `${JSON.stringify(object)}\n`)
    .join('')
}

function objectsOf(part: SnapshotPart, organizationId: string): object[] {
  if (part.kind === 'groups') return part.groups.map((group) => ({ kind: 'group', group: representGroup(group) }))
  if (part.kind === 'users') return part.users.map((user) => ({ kind: 'user', user: representUser(user) }))
  if (part.kind === 'end') return [part]
  return [{ ...part, organizationId: toTypeId('organization', organizationId) }]
}
