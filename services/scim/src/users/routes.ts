import type { FastifyInstance } from 'fastify'
import { sendJson, sendResource } from '../answers.ts'
import { type ListQuery, querySchema } from '../query.ts'
import { contextOf } from '../scim-context.ts'
import { getUser, listUsers, userSelection } from './read.ts'
import { createUser, deleteUser, modifyUser, replaceUser } from './write.ts'

interface One {
  Params: { id: string }
  Querystring: ListQuery
}

interface All {
  Querystring: ListQuery
}

export function userRoutes(app: FastifyInstance): void {
  const options = { schema: querySchema }

  app.get<All>('/Users', options, async (request, reply) =>
    sendJson(request, reply, 200, await listUsers(contextOf(request), request.query)),
  )
  app.post<All>('/Users', options, async (request, reply) =>
    sendResource(
      request,
      reply,
      201,
      await createUser(contextOf(request), request.body, userSelection(request.query, contextOf(request))),
    ),
  )
  app.get<One>('/Users/:id', options, async (request, reply) =>
    sendResource(
      request,
      reply,
      200,
      await getUser(contextOf(request), request.params.id, userSelection(request.query, contextOf(request))),
    ),
  )
  for (const [method, change] of [
    ['PUT', replaceUser],
    ['PATCH', modifyUser],
  ] as const) {
    app.route<One>({
      method,
      url: '/Users/:id',
      ...options,
      handler: async (request, reply) => {
        const selection = userSelection(request.query, contextOf(request))
        const answer = await change(contextOf(request), request.params.id, request.body, selection)
        return sendResource(request, reply, 200, answer)
      },
    })
  }
  app.delete<One>('/Users/:id', async (request, reply) => {
    await deleteUser(contextOf(request), request.params.id)
    return reply.code(204).send()
  })
}
