import type { FastifyInstance } from 'fastify'
import { sendJson, sendResource } from '../answers.ts'
import { type ListQuery, querySchema } from '../query.ts'
import { contextOf } from '../scim-context.ts'
import { getGroup, groupSelection, listGroups } from './read.ts'
import { createGroup, deleteGroup, modifyGroup, replaceGroup } from './write.ts'

interface One {
  Params: { id: string }
  Querystring: ListQuery
}

interface All {
  Querystring: ListQuery
}

export function groupRoutes(app: FastifyInstance): void {
  const options = { schema: querySchema }

  app.get<All>('/Groups', options, async (request, reply) =>
    sendJson(request, reply, 200, await listGroups(contextOf(request), request.query)),
  )
  app.post<All>('/Groups', options, async (request, reply) =>
    sendResource(
      request,
      reply,
      201,
      await createGroup(contextOf(request), request.body, groupSelection(request.query, contextOf(request))),
    ),
  )
  app.get<One>('/Groups/:id', options, async (request, reply) =>
    sendResource(
      request,
      reply,
      200,
      await getGroup(contextOf(request), request.params.id, groupSelection(request.query, contextOf(request))),
    ),
  )
  for (const [method, change] of [
    ['PUT', replaceGroup],
    ['PATCH', modifyGroup],
  ] as const) {
    app.route<One>({
      method,
      url: '/Groups/:id',
      ...options,
      handler: async (request, reply) => {
        // 204 unless `attributes` asks for the resource (RFC 7644 §3.5.2): nobody reads a member list they did not want.
        const selection =
          request.query.attributes === undefined ? undefined : groupSelection(request.query, contextOf(request))
        const answer = await change(contextOf(request), request.params.id, request.body, selection)
        return answer === undefined ? reply.code(204).send() : sendResource(request, reply, 200, answer)
      },
    })
  }
  app.delete<One>('/Groups/:id', async (request, reply) => {
    await deleteGroup(contextOf(request), request.params.id)
    return reply.code(204).send()
  })
}
