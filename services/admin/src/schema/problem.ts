import { errorTable } from '@muster/runtime/errors'
import { Type } from 'typebox'

const problem = Type.Object({
  type: Type.Literal('about:blank'),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.Enum(Object.keys(errorTable), { description: 'Stable name of the error.' }),
  detail: Type.String({ description: 'What was wrong, and where. Never a value that was sent.' }),
  hint: Type.Optional(Type.String({ description: 'What can be done about it.' })),
  runId: Type.Optional(Type.String({ description: 'The sync run that ended so.' })),
})

/** Every failed request, as OpenAPI describes it: problem details (RFC 9457). */
export const problemResponse = {
  description: 'A problem (RFC 9457).',
  content: { 'application/problem+json': { schema: problem } },
}
