import { listRunChanges, planImpact, read } from '@muster/repository'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, uuidOf } from '../ids.ts'
import { scopeOf } from '../request-context.ts'
import { listOf, pageParameters, pageRowsDefault } from '../schema/page.ts'
import { closed, idParams, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { fromCursor, representRunChange, runChangeSchema, runImpactSchema, toCursor } from './changes-representation.ts'

const parts = { tags: ['syncs'], params: idParams }
const config = { role: 'VIEWER' } as const

/** What a run changes, or would change: each change of it, and what the guard would say. */
export function runChangesRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/runs/:id/changes',
    {
      config,
      schema: {
        ...parts,
        operationId: 'listRunChanges',
        description:
          'What a run changed, in order; of a plan what a sync would change, compared with the directory as it is now.',
        querystring: closed({ ...organizationChoice, ...pageParameters }),
        response: { 200: listOf(runChangeSchema) },
      },
    },
    async (request) => {
      const runId = uuidOf('syncRun', request.params.id)
      const { after, limit = String(pageRowsDefault) } = request.query
      // One more than the page holds tells whether another page follows.
      const page = { after: after === undefined ? undefined : fromCursor(after), limit: Number(limit) + 1 }
      const changes = found(await read(database, scopeOf(request), (reader) => listRunChanges(reader, runId, page)))
      const shown = changes.slice(0, Number(limit))
      const last = shown.at(-1)
      return {
        data: shown.map(({ change }) => representRunChange(change)),
        nextCursor: changes.length > shown.length && last !== undefined ? toCursor(last.position) : null,
      }
    },
  )

  app.get(
    '/api/runs/:id/impact',
    {
      config,
      schema: {
        ...parts,
        operationId: 'getRunImpact',
        description: 'Of a plan: how much a sync would take away, of how much, and what of it the guard would hold.',
        querystring: organizationQuery,
        response: { 200: runImpactSchema },
      },
    },
    async (request) => {
      const runId = uuidOf('syncRun', request.params.id)
      return found(await read(database, scopeOf(request), (reader) => planImpact(reader, runId)))
    },
  )
}
