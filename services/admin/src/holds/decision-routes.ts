import { approveHold, findHold, type OrganizationScope, read, rejectHold, transact } from '@muster/repository'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, notFound, uuidOf } from '../ids.ts'
import { causeOf, scopeOf } from '../request-context.ts'
import { idParams, optionalBody, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { changeTimeout, finish } from '../settlements/finish.ts'
import { approvedHoldSchema, holdDetailSchema, representHoldDetail } from './representation.ts'

const tags = ['holds']
const config = { role: 'ADMIN' } as const
const parameters = { params: idParams, querystring: organizationQuery, body: optionalBody(organizationChoice) }

/** Deciding what becomes of removals that wait. */
export function holdDecisionRoutes(app: AdminApp, deps: AdminDeps): void {
  const { database } = deps
  const show = async (scope: OrganizationScope, holdId: string) =>
    representHoldDetail(found(await read(database, scope, (reader) => findHold(reader, holdId))))

  app.post(
    '/api/holds/:id/approve',
    {
      config,
      handlerTimeout: changeTimeout,
      schema: {
        tags,
        operationId: 'approveHold',
        description: `Carries out what waits, also after it was rejected or has expired; its events follow \`hold.approved\`. 202 while that goes
on. 409 when the hold is approved or withdrawn already, or when a change of settings is still putting removals into it.`,
        ...parameters,
        response: { 200: approvedHoldSchema, 202: approvedHoldSchema },
      },
    },
    async (request, reply) => {
      const holdId = uuidOf('hold', request.params.id)
      const scope = scopeOf(request)
      const settlementId = found(await transact(database, scope, causeOf(request), (tx) => approveHold(tx, holdId)))
      const { status, started } = await finish(deps, scope, { settlementIds: [settlementId], holdIds: [] })
      return reply.code(status).send({ ...(await show(scope, holdId)), settlement: started.settlement })
    },
  )

  app.post(
    '/api/holds/:id/reject',
    {
      config,
      schema: {
        tags,
        operationId: 'rejectHold',
        description: 'Leaves people what they have, until the source says otherwise. 409 when the hold is not open.',
        ...parameters,
        response: { 200: holdDetailSchema },
      },
    },
    async (request) => {
      const holdId = uuidOf('hold', request.params.id)
      const scope = scopeOf(request)
      if (!(await transact(database, scope, causeOf(request), (tx) => rejectHold(tx, holdId)))) throw notFound()
      return show(scope, holdId)
    },
  )
}
