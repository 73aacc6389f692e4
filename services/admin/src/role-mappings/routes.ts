import { countRoleMappings, findRoleMapping, listRoleMappings, previewRoleMapping, read } from '@muster/repository'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, uuidOf } from '../ids.ts'
import { scopeOf } from '../request-context.ts'
import { countOf, listOf, loadPage, pageParameters } from '../schema/page.ts'
import { closed, idParams, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { previewTimeout } from '../settlements/impact.ts'
import { impactSchema, mappingPreview, mappingSchema, representMapping, ruleIn } from './representation.ts'

const tags = ['role mappings']
const config = { role: 'VIEWER' } as const

/** Which roles the people of groups have; nothing here changes anything. */
export function roleMappingRoutes(app: AdminApp, deps: AdminDeps): void {
  listRoutes(app, deps)
  previewRoute(app, deps)
}

function listRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/role-mappings',
    {
      config,
      schema: {
        tags,
        operationId: 'listRoleMappings',
        description: 'In the order of their creation.',
        querystring: closed({ ...organizationChoice, ...pageParameters }),
        response: { 200: listOf(mappingSchema) },
      },
    },
    (request) =>
      loadPage('roleMapping', request.query, async (page) => {
        const mappings = await read(database, scopeOf(request), (reader) => listRoleMappings(reader, page))
        return mappings.map(representMapping)
      }),
  )

  app.get(
    '/api/role-mappings/count',
    {
      config,
      schema: {
        tags,
        operationId: 'countRoleMappings',
        description: 'How many there are.',
        querystring: organizationQuery,
        response: { 200: countOf },
      },
    },
    async (request) => ({ count: await read(database, scopeOf(request), countRoleMappings) }),
  )

  app.get(
    '/api/role-mappings/:id',
    {
      config,
      schema: {
        tags,
        operationId: 'getRoleMapping',
        description: 'One role mapping.',
        params: idParams,
        querystring: organizationQuery,
        response: { 200: mappingSchema },
      },
    },
    async (request) => {
      const id = uuidOf('roleMapping', request.params.id)
      return representMapping(found(await read(database, scopeOf(request), (reader) => findRoleMapping(reader, id))))
    },
  )
}

function previewRoute(app: AdminApp, { database }: AdminDeps): void {
  app.post(
    '/api/role-mappings/preview',
    {
      handlerTimeout: previewTimeout,
      config: { role: 'ADMIN' },
      schema: {
        tags,
        operationId: 'previewRoleMapping',
        description:
          'How many people would gain and lose which role by a new mapping, or by another or no text of the one with the id. Changes nothing.',
        querystring: organizationQuery,
        body: mappingPreview,
        response: { 200: impactSchema },
      },
    },
    async (request) => {
      const { id, mapping } = request.body
      const roleMappingId = id === undefined ? undefined : uuidOf('roleMapping', id)
      const draft = { roleMappingId, rule: mapping && ruleIn(mapping) }
      return { roles: found(await read(database, scopeOf(request), (reader) => previewRoleMapping(reader, draft))) }
    },
  )
}
