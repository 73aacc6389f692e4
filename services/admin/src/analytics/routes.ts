import {
  countDirectories,
  listDailyTallies,
  listDirectoryTallies,
  listInstallationTallies,
  read,
  tallyNow,
} from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { filterUuid } from '../ids.ts'
import { operatorRightOf, scopeOf } from '../request-context.ts'
import { countOf, listOf, loadPage, pageParameters } from '../schema/page.ts'
import { closed, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { periodParameters, readPeriod } from './periods.ts'
import {
  activitySchema,
  directoryActivitySchema,
  representActivity,
  representDirectoryActivity,
} from './representation.ts'

const tags = ['analytics']

/** What happened in directories, in numbers: the event log, counted by the day. */
export function analyticsRoutes(app: AdminApp, deps: AdminDeps): void {
  activityRoute(app, deps)
  directoryRoutes(app, deps)
}

function activityRoute(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/analytics/directory-sync',
    {
      config: { role: 'VIEWER', organization: 'optional' },
      schema: {
        tags,
        operationId: 'getDirectorySyncAnalytics',
        description: `What happened to people and groups, and how sync runs went, in all and day by day: of the organization, of one
directory of it, or, for an operator who names no organization, of the whole installation. What is read is counted from the event log: up to
the last event, as a rule, and always up to \`countedTo\`.`,
        querystring: closed({
          ...organizationChoice,
          ...periodParameters,
          directoryId: Type.Optional(Type.String({ maxLength: 64 })),
        }),
        response: { 200: activitySchema },
      },
    },
    async (request) => {
      const range = readPeriod(request.query, new Date())
      const directoryId = filterUuid('directory', 'directoryId', request.query.directoryId)
      if (request.organization === undefined) {
        if (directoryId !== undefined) {
          throw new MusterError('badRequest', 'query.directoryId needs the organization: organizationId is required.')
        }
        const tallies = await listInstallationTallies(database, operatorRightOf(request), range)
        return representActivity(range, tallies, null)
      }
      const countedTo = await tallyNow(database, request.organization)
      const tallies = await read(database, request.organization, (reader) =>
        listDailyTallies(reader, range, { directoryId }),
      )
      return representActivity(range, tallies, countedTo)
    },
  )
}

function directoryRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/analytics/directories',
    {
      config: { role: 'VIEWER' },
      schema: {
        tags,
        operationId: 'listDirectoryAnalytics',
        description: 'Every directory with what happened in it over a period. Deleted ones are in the sums only.',
        querystring: closed({ ...organizationChoice, ...periodParameters, ...pageParameters }),
        response: { 200: listOf(directoryActivitySchema) },
      },
    },
    async (request) => {
      const range = readPeriod(request.query, new Date())
      await tallyNow(database, scopeOf(request))
      return loadPage('directory', request.query, async (page) =>
        (await read(database, scopeOf(request), (reader) => listDirectoryTallies(reader, range, page))).map(
          representDirectoryActivity,
        ),
      )
    },
  )

  app.get(
    '/api/analytics/directories/count',
    {
      config: { role: 'VIEWER' },
      schema: {
        tags,
        operationId: 'countDirectoryAnalytics',
        description: 'How many directories there are.',
        querystring: organizationQuery,
        response: { 200: countOf },
      },
    },
    async (request) => ({ count: await read(database, scopeOf(request), countDirectories) }),
  )
}
