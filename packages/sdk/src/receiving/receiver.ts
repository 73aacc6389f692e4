import type { DirectoryInfo, MusterEvent, User } from '../generated/events.ts'
import { decideAll } from '../handlers/before-create.ts'
import { dispatchEvent, type Handling, tellCreated } from '../handlers/dispatch.ts'
import { readBody } from './read-body.ts'
import { assertSecrets, isGenuine } from './signature.ts'

/** Where webhooks and hooks arrive, as fetch-style servers have it (Deno, Bun, Workers, Hono, Next.js). */
export type Receiver = (request: Request) => Promise<Response>

export interface ReceiverOptions {
  /** `whsec_…` of the webhook endpoints and hooks that call this address; while one is exchanged, both. */
  secrets?: readonly string[] | undefined
  /** "Webhook as a poke, cursor as the truth": events only wake this consumer, which reads them from the log. */
  poke?: { wake(): void } | undefined
}

interface HookCall {
  type: keyof typeof hookAnswers
  organizationId: string
  directory: DirectoryInfo
  users: User[]
}

const bytesMax = 5 * 1024 * 1024

interface Receiving {
  handling: Handling
  poke: ReceiverOptions['poke']
  report: (error: unknown) => void
}

/** @throws TypeError without secrets */
export function createReceiver(
  handling: Handling,
  { secrets = [], poke, report }: ReceiverOptions & Pick<Receiving, 'report'>,
): Receiver {
  if (secrets.length === 0) throw new TypeError('Nobody can be believed without secrets: { secrets: ["whsec_…"] }')
  assertSecrets(secrets)
  return async (request) => {
    if (request.method !== 'POST') return refusal(405)
    const body = await readBody(request, bytesMax)
    if (body === undefined) return refusal(413)
    if (!(await isGenuine({ headers: request.headers, body }, secrets))) return refusal(401)
    const message = parseMessage(body)
    if (message === undefined) return refusal(400)
    try {
      return await receive({ handling, poke, report }, message)
    } catch (error) {
      report(error)
      return refusal(500)
    }
  }
}

async function receive({ handling, poke, report }: Receiving, message: HookCall | MusterEvent): Promise<Response> {
  if (isHookCall(message)) return hookAnswers[message.type](handling, message, report)
  // Messages without a number are no events: the test of an endpoint.
  if (typeof message.sequence !== 'number') return new Response(null, { status: 204 })
  if (poke === undefined) await dispatchEvent(handling, message)
  else poke.wake()
  return new Response(null, { status: 204 })
}

type HookAnswer = (handling: Handling, call: HookCall, report: Receiving['report']) => Promise<Response>

const answerDecisions: HookAnswer = async ({ registry }, { directory, organizationId, users }, report) => {
  const decisions = await decideAll(registry, users, { rest: { directory, organizationId }, report })
  return Response.json({ decisions })
}

const hookAnswers = {
  'directory.user.before_create': answerDecisions,
  // Somebody who is nobody, to see what would become of it.
  'directory.user.before_create.test': answerDecisions,
  'directory.user.after_create': async (handling, { directory, organizationId, users }) => {
    for (const user of users) await tellCreated(handling, { user, directory, organizationId })
    return new Response(null, { status: 204 })
  },
} as const satisfies Record<string, HookAnswer>

function isHookCall(message: HookCall | MusterEvent): message is HookCall {
  return Object.hasOwn(hookAnswers, message.type) && 'users' in message && Array.isArray(message.users)
}

function parseMessage(body: Uint8Array): HookCall | MusterEvent | undefined {
  try {
    const message = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    return typeof message?.type === 'string' ? message : undefined
  } catch {
    return undefined
  }
}

function refusal(status: number): Response {
  return new Response(null, { status, ...(status === 405 && { headers: { allow: 'POST' } }) })
}
