import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { sendFound, sendWritten } from '../answers/resource-answer.ts'
import { sendText } from '../answers/send-text.ts'
import { type ListRequest, querySchema, readSearchRequest } from '../lists/list-request.ts'
import { answerWish } from '../requests/answer-wish.ts'
import { ifMatch } from '../requests/preconditions.ts'
import { contextOf } from '../scim-context.ts'
import { getGroup, groupSelection, listGroups } from './read.ts'
import { createGroup, deleteGroup, modifyGroup, replaceGroup } from './write.ts'

interface One {
  Params: { id: string }
  Querystring: ListRequest
}

interface All {
  Querystring: ListRequest
}

/**
 * RFC 7644 §3.3–§3.6 for groups. PATCH answers 204 unless the client asks for the resource: nobody reads a member list
 * that nobody wanted. PUT does the same where the directory's profile says so.
 */
export function groupRoutes(app: FastifyInstance): void {
  const options = { schema: querySchema }

  app.get<All>('/Groups', options, async (request, reply) =>
    sendText(request, reply, 200, await listGroups(contextOf(request), request.query)),
  )
  app.post('/Groups/.search', async (request, reply) => {
    const context = contextOf(request)
    const search = readSearchRequest(request.body, context.dialect.profile)
    return sendText(request, reply, 200, await listGroups(context, search))
  })
  app.post<All>('/Groups', options, async (request, reply) => {
    const write = { selection: wish(request, reply, true) }
    const answer = await createGroup(contextOf(request), request.body, write)
    return sendWritten(request, reply, answer, { status: 201, emptyStatus: 201 })
  })
  app.get<One>('/Groups/:id', options, async (request, reply) => {
    const context = contextOf(request)
    return sendFound(request, reply, await getGroup(context, request.params.id, groupSelection(request.query, context)))
  })
  for (const [method, change] of [
    ['PUT', replaceGroup],
    ['PATCH', modifyGroup],
  ] as const) {
    app.route<One>({
      method,
      url: '/Groups/:id',
      ...options,
      handler: async (request, reply) => {
        const context = contextOf(request)
        const { groupPatchAnswersResource, groupPutAnswersNothing } = context.dialect.profile
        const answers = groupPatchAnswersResource || (method === 'PUT' && !groupPutAnswersNothing)
        const write = { selection: wish(request, reply, answers), expected: ifMatch(request) }
        const answer = await change(context, request.params.id, request.body, write)
        return sendWritten(request, reply, answer, { status: 200, emptyStatus: 204 })
      },
    })
  }
  app.delete<One>('/Groups/:id', async (request, reply) => {
    await deleteGroup(contextOf(request), request.params.id, ifMatch(request))
    return reply.code(204).send()
  })
}

function wish(request: FastifyRequest<All>, reply: FastifyReply, isDefault: boolean) {
  return answerWish(request, reply, { selection: groupSelection(request.query, contextOf(request)), isDefault })
}
