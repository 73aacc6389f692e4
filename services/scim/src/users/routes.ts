import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sendFound, sendWritten } from '../answers/resource-answer.ts'
import { sendText } from '../answers/send-text.ts'
import { type ListRequest, querySchema, readSearchRequest } from '../lists/list-request.ts'
import { answerWish } from '../requests/answer-wish.ts'
import { ifMatch } from '../requests/preconditions.ts'
import { contextOf } from '../scim-context.ts'
import { getUser, listUsers, userSelection } from './read.ts'
import { createUser, deleteUser, modifyUser, replaceUser } from './write.ts'

interface One {
  Params: { id: string }
  Querystring: ListRequest
}

interface All {
  Querystring: ListRequest
}

/** RFC 7644 §3.3–§3.6 for users. Writes answer with the resource unless the client prefers less. */
export function userRoutes(app: FastifyInstance): void {
  const options = { schema: querySchema }

  app.get<All>('/Users', options, async (request, reply) =>
    sendText(request, reply, 200, await listUsers(contextOf(request), request.query)),
  )
  app.post('/Users/.search', async (request, reply) => {
    const context = contextOf(request)
    const search = readSearchRequest(request.body, context.dialect.profile)
    return sendText(request, reply, 200, await listUsers(context, search))
  })
  app.post<All>('/Users', options, async (request, reply) => {
    const answer = await createUser(contextOf(request), request.body, { selection: wish(request, reply) })
    return sendWritten(request, reply, answer, { status: 201, emptyStatus: 201 })
  })
  app.get<One>('/Users/:id', options, async (request, reply) => {
    const context = contextOf(request)
    return sendFound(request, reply, await getUser(context, request.params.id, userSelection(request.query, context)))
  })
  for (const [method, change] of [
    ['PUT', replaceUser],
    ['PATCH', modifyUser],
  ] as const) {
    app.route<One>({
      method,
      url: '/Users/:id',
      ...options,
      handler: async (request, reply) => {
        const write = { selection: wish(request, reply), expected: ifMatch(request) }
        const answer = await change(contextOf(request), request.params.id, request.body, write)
        return sendWritten(request, reply, answer, { status: 200, emptyStatus: 204 })
      },
    })
  }
  app.delete<One>('/Users/:id', async (request, reply) => {
    await deleteUser(contextOf(request), request.params.id, ifMatch(request))
    return reply.code(204).send()
  })
}

function wish(request: FastifyRequest<All>, reply: FastifyReply) {
  const selection = userSelection(request.query, contextOf(request))
  return answerWish(request, reply, { selection, isDefault: true })
}
