import {
  createRoleMapping,
  deleteRoleMapping,
  type MappingChange,
  type Transaction,
  transact,
  updateRoleMapping,
} from '@muster/repository'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, uuidOf } from '../ids.ts'
import { causeOf, scopeOf } from '../request-context.ts'
import { idParams, organizationQuery } from '../schema/parameters.ts'
import { changeTimeout, finish } from '../settlements/finish.ts'
import {
  changedMappingSchema,
  deletedMappingSchema,
  mappingChanges,
  mappingDraft,
  representMapping,
  ruleIn,
} from './representation.ts'

const tags = ['role mappings']
const parts = { handlerTimeout: changeTimeout, config: { role: 'ADMIN' } } as const
const followed =
  'The roles of people follow at once, or, of many, by the settlement in the answer: 202 while it goes on.'

/** Changes of role mappings, and what becomes of people by them. */
export function roleMappingChangeRoutes(app: AdminApp, deps: AdminDeps): void {
  createRoute(app, deps)
  updateRoute(app, deps)
  deleteRoute(app, deps)
}

function createRoute(app: AdminApp, deps: AdminDeps): void {
  app.post(
    '/api/role-mappings',
    {
      ...parts,
      schema: {
        tags,
        operationId: 'createRoleMapping',
        description: `Whoever is in the group, or in a group inside it, has the roles. ${followed}`,
        querystring: organizationQuery,
        body: mappingDraft,
        response: { 201: changedMappingSchema, 202: changedMappingSchema },
      },
    },
    async (request, reply) => {
      const { organizationId, ...body } = request.body
      const rule = ruleIn(body)
      const made = found(await change(deps, request, (tx) => createRoleMapping(tx, rule)))
      return reply.code(made.isDone ? 201 : 202).send(made.answer)
    },
  )
}

function updateRoute(app: AdminApp, deps: AdminDeps): void {
  app.patch(
    '/api/role-mappings/:id',
    {
      ...parts,
      schema: {
        tags,
        operationId: 'updateRoleMapping',
        description: `What is left out stays; roleIds is replaced as a whole. ${followed}`,
        params: idParams,
        querystring: organizationQuery,
        body: mappingChanges,
        response: { 200: changedMappingSchema, 202: changedMappingSchema },
      },
    },
    async (request, reply) => {
      const id = uuidOf('roleMapping', request.params.id)
      const { organizationId, ...body } = request.body
      const made = found(
        await change(deps, request, (tx) => updateRoleMapping(tx, id, (before) => ruleIn(body, before))),
      )
      return reply.code(made.isDone ? 200 : 202).send(made.answer)
    },
  )
}

function deleteRoute(app: AdminApp, deps: AdminDeps): void {
  app.delete(
    '/api/role-mappings/:id',
    {
      ...parts,
      schema: {
        tags,
        operationId: 'deleteRoleMapping',
        description: `People lose the roles that they had by it alone. ${followed}`,
        params: idParams,
        querystring: organizationQuery,
        response: { 202: deletedMappingSchema, 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const id = uuidOf('roleMapping', request.params.id)
      const made = found(await change(deps, request, (tx) => deleteRoleMapping(tx, id)))
      return made.isDone ? reply.code(204).send(null) : reply.code(202).send({ settlement: made.answer.settlement })
    },
  )
}

/** Makes the change, then works on what it began. Undefined when there is no such mapping. */
async function change(
  deps: AdminDeps,
  request: FastifyRequest,
  work: (tx: Transaction) => Promise<MappingChange | undefined>,
) {
  const scope = scopeOf(request)
  const made = await transact(deps.database, scope, causeOf(request), work)
  if (made === undefined) return undefined
  const { status, started } = await finish(deps, scope, {
    settlementIds: made.settlementId === undefined ? [] : [made.settlementId],
    holdIds: [],
  })
  return {
    isDone: status === 200,
    answer: { ...representMapping(made.mapping), settlement: started.settlement },
  }
}
