import { isShownAttribute } from '@muster/people'
import { explainAbsence, explainUser, read } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { filterUuid, found, uuidOf } from '../ids.ts'
import { scopeOf } from '../request-context.ts'
import { closed, idParams, organizationChoice } from '../schema/parameters.ts'
import { absenceKeys, readQuestion } from './absence-question.ts'
import { absenceExplanationSchema } from './absence-schema.ts'
import { userExplanationSchema } from './user-schema.ts'

const config = { role: 'VIEWER' } as const

const particulars = {
  role: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9._:-]{1,100}$',
      description: 'Adds `role`: why the person has it or lacks it.',
    }),
  ),
  group: Type.Optional(
    Type.String({ maxLength: 64, description: 'Adds `group`: why the person is in it or is not. The id of a group.' }),
  ),
  attribute: Type.Optional(
    Type.String({
      maxLength: 100,
      description:
        'Adds `attribute`: what each directory says of it; `attributes` is this one alone. As in mappings: `department`, `customAttributes.<name>`.',
    }),
  ),
}

/** Why people are what they are, and why somebody is not there. */
export function explainRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/users/:id/explain',
    {
      config,
      schema: {
        tags: ['users'],
        operationId: 'explainUser',
        description:
          'Why a person is active or not, shows these values, is in these groups and has these roles. Each answer has a stable reason and a text.',
        params: idParams,
        querystring: closed({ ...organizationChoice, ...particulars }),
        response: { 200: userExplanationSchema },
      },
    },
    async (request) => {
      const userId = uuidOf('user', request.params.id)
      const { role: roleId, group, attribute } = request.query
      const groupId = filterUuid('group', 'group', group)
      if (attribute !== undefined && !isShownAttribute(attribute)) {
        throw new MusterError('invalidValue', 'query.attribute is not an attribute of a person.')
      }
      const question = { roleId, groupId, attribute }
      return found(await read(database, scopeOf(request), (reader) => explainUser(reader, userId, question)))
    },
  )

  app.get(
    '/api/explain',
    {
      config,
      schema: {
        tags: ['users'],
        operationId: 'explainAbsence',
        description:
          'Who is behind an address, a user name or an id, in whatever directory, and why there is no person, or another one. Exactly one of them is asked for.',
        querystring: closed({
          ...organizationChoice,
          ...absenceKeys,
          directoryId: Type.Optional(Type.String({ maxLength: 64, description: 'Only users of this directory.' })),
        }),
        response: { 200: absenceExplanationSchema },
      },
    },
    (request) => {
      const directoryId = filterUuid('directory', 'directoryId', request.query.directoryId)
      const question = { ...readQuestion(request.query), directoryId }
      return read(database, scopeOf(request), (reader) => explainAbsence(reader, question))
    },
  )
}
