import { callHook } from '@muster/events'
import {
  findHook,
  type HookDecision,
  hookMessage,
  type OrganizationScope,
  openHookSecrets,
  read,
  readDecisions,
  sampleUser,
} from '@muster/repository'
import { newUuid } from '@muster/runtime/type-ids'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, uuidOf } from '../ids.ts'
import { scopeOf } from '../request-context.ts'
import { idParams, optionalBody, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { nullableText } from '../schema/values.ts'
import { TestLimit } from '../webhooks/test-limit.ts'

const testResult = Type.Object({
  delivered: Type.Boolean({ description: 'Whether it answered with a status of 2xx.' }),
  status: Type.Unsafe<number | null>({ type: ['integer', 'null'], description: 'Null when there was no answer.' }),
  durationMilliseconds: Type.Integer(),
  error: Type.Unsafe<string | null>({ ...nullableText, description: 'The name of what went wrong.' }),
  decision: Type.Unsafe<{ action: 'proceed' | 'veto' | 'none'; detail: string | null } | null>({
    type: ['object', 'null'],
    properties: { action: { type: 'string', enum: ['proceed', 'veto', 'none'] }, detail: { type: ['string', 'null'] } },
    required: ['action', 'detail'],
    description:
      'Of a `before_create`: what would become of the sample user; null when the application does not know the type. `none`: nothing that can be used, and `detail` says why; of a veto it is the reason.',
  }),
})

/** Trying a hook, also one that is disabled, with somebody who is nobody. */
export function hookTestRoute(app: AdminApp, { database, rootKeys, outbound }: AdminDeps): void {
  const limit = new TestLimit('A hook is tested')
  app.post(
    '/api/hooks/:id/test',
    {
      config: { role: 'ADMIN' },
      schema: {
        tags: ['hooks'],
        operationId: 'testHook',
        description: `Sends a signed message about a sample user at once, of the type of the hook with \`.test\` behind it, and says what came of it.
Nobody comes into being. At most ten a minute.`,
        params: idParams,
        querystring: organizationQuery,
        body: optionalBody(organizationChoice),
        response: { 200: testResult },
      },
    },
    async (request) => {
      const hookId = uuidOf('hook', request.params.id)
      const { hook, call, sample, message } = await prepare(scopeOf(request), hookId)
      limit.note(hookId)
      const begun = performance.now()
      const answer = await callHook(outbound, call, message)
      const durationMilliseconds = Math.round(performance.now() - begun)
      const failed = 'error' in answer
      const decisions = failed || hook.kind === 'after_create' ? undefined : readDecisions(answer.body, [sample.shown])
      const decision = decisions?.get(sample.shown.id)
      // Whoever does not know the type says nothing.
      const isUnreadable = !failed && answer.body !== '' && hook.kind === 'before_create' && decision === undefined
      return {
        delivered: !failed,
        status: answer.status,
        durationMilliseconds,
        error: failed ? answer.error : isUnreadable ? 'invalidAnswer' : null,
        decision: decision === undefined ? null : { action: decision.action, detail: detailOf(decision) },
      }
    },
  )

  function prepare(scope: OrganizationScope, hookId: string) {
    return read(database, scope, async (reader) => {
      const hook = found(await findHook(reader, hookId))
      const secrets = found(await openHookSecrets(reader, rootKeys, hookId))
      const sample = await sampleUser(reader)
      const about = { directory: sample.directory, users: [sample.view] }
      const plain = hookMessage(hook.kind, scope.organizationId, about, newUuid())
      const message = { ...plain, type: `${plain.type}.test` }
      return { hook, sample, message, call: { ...hook, secrets } }
    })
  }
}

function detailOf(decision: HookDecision): string | null {
  if (decision.action === 'veto') return decision.reason
  return decision.action === 'none' ? decision.error : null
}
