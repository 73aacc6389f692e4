import {
  createOrganization,
  getOrganization,
  listOrganizations,
  read,
  transact,
  updateOrganization,
} from '@muster/repository'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { causeOf, operatorRightOf, scopeOf } from '../request-context.ts'
import { listOf, loadPage, pageParameters } from '../schema/page.ts'
import { closed, idParams, organizationQuery } from '../schema/parameters.ts'
import { organizationChanges, organizationDraft, organizationSchema, representOrganization } from './representation.ts'

const tags = ['organizations']

export function organizationRoutes(app: AdminApp, deps: AdminDeps): void {
  operatorRoutes(app, deps)
  ownRoutes(app, deps)
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
function ownRoutes(app: AdminApp, { database }: AdminDeps): void {
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

  app.patch(
    '/api/organizations/:id',
    {
      config: { role: 'ADMIN', organization: 'path' },
      schema: {
        tags,
        operationId: 'updateOrganization',
        params: idParams,
        querystring: organizationQuery,
        body: organizationChanges,
        response: { 200: organizationSchema },
      },
    },
    async (request) => {
      const { name, linkByEmail } = request.body
      const updated = await transact(database, scopeOf(request), causeOf(request), (tx) =>
        name === undefined && linkByEmail === undefined
          ? getOrganization(tx)
          : updateOrganization(tx, { ...(name !== undefined && { name }), ...(linkByEmail && { linkByEmail }) }),
      )
      return representOrganization(updated)
    },
  )
}
