import { newSigningSecret } from '@muster/events'
import { newSecretKey } from '@muster/runtime/secret-box'
import {
  type ArrivalQuestion,
  createHook,
  type Database,
  finishArrivals,
  type Hook,
  type HookDraft,
  nextArrivalRound,
  type OrganizationScope,
  transact,
} from '../../src/index.ts'
import { cause } from './directory.ts'

export const rootKeys = [newSecretKey('test')] as const

export function addHook(database: Database, scope: OrganizationScope, draft: Partial<HookDraft> = {}): Promise<Hook> {
  const hook = { kind: 'before_create', url: 'https://app.test/hook?key=1', policy: 'hold', ...draft } as const
  return transact(database, scope, cause, (tx) => createHook(tx, rootKeys, { ...hook, secret: newSigningSecret() }))
}

/** What an application answers about users, as they are shown: an object for the body, a text for the name of a failure. */
export type Application = (users: Record<string, unknown>[], question: ArrivalQuestion) => object | string

/** Lets everybody in as they are. */
export const proceedWithAll: Application = (users) => ({
  decisions: users.map(({ id }) => ({ id, action: 'proceed' })),
})

/** The application decides about those who wait until nobody is due; answers with how many users each call was about. */
export async function playApplication(
  database: Database,
  { organizationId }: { organizationId: string },
  application: Application,
  roundsMax = 100,
): Promise<number[]> {
  const calls: number[] = []
  for (let rounds = 0; rounds < roundsMax; rounds++) {
    const round = await nextArrivalRound(database, organizationId, rootKeys)
    if (round.state === 'later') return calls
    if (round.state !== 'ask') continue
    const { question } = round
    const views = question.arrivals.map(({ view }) => JSON.parse(JSON.stringify(view)))
    calls.push(views.length)
    const answer = application(views, question)
    const isFailure = typeof answer === 'string'
    await finishArrivals(
      database,
      question,
      isFailure ? { status: null, error: answer } : { status: 200, body: JSON.stringify(answer) },
    )
  }
  throw new Error('There is no end to it')
}
