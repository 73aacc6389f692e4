import { parseGuard, parseSyncFilters } from '@muster/people'
import {
  changeSettings,
  createOrganization,
  getOrganization,
  listOrganizations,
  type OrganizationScope,
  previewSettings,
  read,
  resolveDirectoryOrder,
  type SettingsChange,
  transact,
  unknownDirectory,
  updateOrganization,
} from '@muster/repository'
import { fromTypeId } from '@muster/runtime/type-ids'
import type { Static } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found } from '../ids.ts'
import { causeOf, operatorRightOf, scopeOf } from '../request-context.ts'
import { listOf, loadPage, pageParameters } from '../schema/page.ts'
import { closed, idParams, organizationQuery } from '../schema/parameters.ts'
import { changeTimeout, finish } from '../settlements/finish.ts'
import { impactSchema, previewMilliseconds, previewTimeout, representImpact } from '../settlements/impact.ts'
import {
  changedOrganizationSchema,
  organizationChanges,
  organizationDraft,
  organizationPreview,
  organizationSchema,
  representOrganization,
} from './representation.ts'

const tags = ['organizations']

export function organizationRoutes(app: AdminApp, deps: AdminDeps): void {
  operatorRoutes(app, deps)
  readRoute(app, deps)
  changeRoutes(app, deps)
}

function operatorRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.post(
    '/api/organizations',
    {
      config: { role: 'OPERATOR', organization: 'none' },
      schema: {
        tags,
        operationId: 'createOrganization',
        body: organizationDraft,
        response: { 201: organizationSchema },
      },
    },
    async (request, reply) => {
      const created = await createOrganization(database, operatorRightOf(request), request.body)
      return reply.code(201).send(representOrganization(created))
    },
  )

  app.get(
    '/api/organizations',
    {
      config: { role: 'OPERATOR', organization: 'none' },
      schema: {
        tags,
        operationId: 'listOrganizations',
        querystring: closed(pageParameters),
        response: { 200: listOf(organizationSchema) },
      },
    },
    (request) =>
      loadPage('organization', request.query, async (page) =>
        (await listOrganizations(database, operatorRightOf(request), page)).map(representOrganization),
      ),
  )
}

/** Of any organization for an operator, of its own for another key. */
function readRoute(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/organizations/:id',
    {
      config: { role: 'VIEWER', organization: 'path' },
      schema: {
        tags,
        operationId: 'getOrganization',
        params: idParams,
        querystring: organizationQuery,
        response: { 200: organizationSchema },
      },
    },
    async (request) => representOrganization(await read(database, scopeOf(request), getOrganization)),
  )
}

function changeRoutes(app: AdminApp, deps: AdminDeps): void {
  const { database } = deps
  app.patch(
    '/api/organizations/:id',
    {
      handlerTimeout: changeTimeout,
      config: { role: 'ADMIN', organization: 'path' },
      schema: {
        tags,
        operationId: 'updateOrganization',
        description:
          'Filters and the order of directories are judged by the guard as a whole: of filters that remove too much the removals wait in a hold, and an order that deactivates too many waits itself. 202 while people are derived anew.',
        params: idParams,
        querystring: organizationQuery,
        body: organizationChanges,
        response: { 200: changedOrganizationSchema, 202: changedOrganizationSchema },
      },
    },
    async (request, reply) => {
      const [scope, cause] = [scopeOf(request), causeOf(request)]
      const { guard, ...given } = request.body
      if (guard !== undefined) parseGuard(guard)
      const change = await settingsChange(deps, scope, given)
      const { name, linkByEmail, verifiedDomains, adminEmail, holdExpiryHours } = given
      const plain = { name, linkByEmail, verifiedDomains, adminEmail, holdExpiryHours, guard }
      if (Object.values(plain).some((value) => value !== undefined)) {
        await transact(database, scope, cause, (tx) => updateOrganization(tx, plain))
      }
      const { status, started } = await finish(deps, scope, found(await changeSettings(database, scope, cause, change)))
      const organization = await read(database, scope, getOrganization)
      return reply.code(status).send({ ...representOrganization(organization), ...started })
    },
  )

  app.post(
    '/api/organizations/:id/preview',
    {
      handlerTimeout: previewTimeout,
      config: { role: 'ADMIN', organization: 'path' },
      schema: {
        tags,
        operationId: 'previewOrganization',
        description: 'What a change of filters or of the order of directories would do to people. Changes nothing.',
        params: idParams,
        querystring: organizationQuery,
        body: organizationPreview,
        response: { 200: impactSchema },
      },
    },
    async (request) => {
      const scope = scopeOf(request)
      const change = await settingsChange(deps, scope, request.body)
      const limits = { deadlineMilliseconds: previewMilliseconds }
      return representImpact(found(await previewSettings(database, scope, change, limits)))
    },
  )
}

/** @throws `invalidValue` */
async function settingsChange(
  { database }: AdminDeps,
  scope: OrganizationScope,
  given: Static<typeof organizationPreview>,
): Promise<SettingsChange> {
  const { directoryConfig, primaryDirectoryId: primary } = given
  const directoryOrder = given.directoryOrder?.map((id) => namedDirectory('directoryOrder', id))
  const primaryDirectoryId = primary === undefined ? undefined : namedDirectory('primaryDirectoryId', primary)
  const asked = { directoryOrder, primaryDirectoryId }
  return {
    directoryId: null,
    syncFilters: directoryConfig?.syncFilters && parseSyncFilters(directoryConfig.syncFilters),
    directoryOrder: await read(database, scope, (reader) => resolveDirectoryOrder(reader, asked)),
  }
}

function namedDirectory(name: 'primaryDirectoryId' | 'directoryOrder', id: string): string {
  const directoryId = fromTypeId('directory', id)
  if (directoryId === undefined) throw unknownDirectory(name)
  return directoryId
}
