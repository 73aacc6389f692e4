import { findDirectory, type Transaction, transactAndTell } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import type { JsonObject } from '@muster/scim'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, uuidOf } from '../ids.ts'
import { causeOf, scopeOf } from '../request-context.ts'
import { closed, idParams, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { dialectOf } from './create-test-directory.ts'
import { assertDevelopment } from './development-only.ts'
import type { Scene } from './simulation.ts'
import { readMembers, SimulationData } from './simulation-data.ts'
import { simulationNames, simulationOf } from './simulations.ts'

/** Of the events that follow, so many are told. */
const eventsMax = 1_000

const draft = closed({
  ...organizationChoice,
  event: Type.String({
    maxLength: 100,
    description: `${simulationNames.join(', ')}; or its type, such as directory.group.user_added.`,
  }),
  data: Type.Optional(
    Type.Unsafe<JsonObject>({
      type: 'object',
      additionalProperties: true,
      description: 'Who or what it is about, and what is new; whatever is not said is chosen or made up.',
    }),
  ),
})

const toldSchema = Type.Object({
  events: Type.Array(Type.Object({ sequence: Type.Integer(), type: Type.String(), id: Type.String() }), {
    description: `What came of it, in order: ${eventsMax.toLocaleString('en')} events at most, none when nothing changed.`,
  }),
})

/** Has something happen in a test directory. */
export function simulateRoute(app: AdminApp, deps: AdminDeps): void {
  app.post(
    '/api/directory/:id/simulate',
    {
      config: { role: 'ADMIN' },
      schema: {
        tags: ['test directories'],
        operationId: 'simulate',
        description:
          'Makes the change in a test directory that leads to an event, so that people, groups and the log agree. 409 when the directory is none, is paused, or has nobody that fits. 403 in production.',
        params: idParams,
        querystring: organizationQuery,
        body: draft,
        response: { 200: toldSchema },
      },
    },
    async (request) => {
      assertDevelopment(deps)
      const directoryId = uuidOf('directory', request.params.id)
      const simulation = simulationOf(request.body.event)
      const data = new SimulationData(readMembers('body.data', request.body.data ?? {}, simulation.data))
      const options = { cause: causeOf(request), eventsMax }
      const events = await transactAndTell(deps.database, scopeOf(request), options, async (tx) =>
        simulation.run(await openScene(tx, directoryId), data),
      )
      return { events }
    },
  )
}

async function openScene(tx: Transaction, directoryId: string): Promise<Scene> {
  const directory = found(await findDirectory(tx, directoryId))
  if (!directory.isTest)
    throw new MusterError('conflict', 'Only test directories are simulated: this one has a source.')
  if (directory.status === 'PAUSED') throw new MusterError('conflict', 'The directory is paused: it takes nothing in.')
  return { tx, directory, dialect: await dialectOf(tx, directory) }
}
