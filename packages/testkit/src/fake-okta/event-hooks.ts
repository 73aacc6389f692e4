import { randomUUID } from 'node:crypto'
import type { FakeDirectory } from '../fake-directory/index.ts'
import { logEvent } from './log-events.ts'

export interface EventHook {
  address: string
  secret: string
}

/** Calls the addresses of event hooks (developer.okta.com/docs/concepts/event-hooks) on every change. */
export function createEventHooks(directory: FakeDirectory, origin: string) {
  const hooks: EventHook[] = []
  let waiting: ReturnType<typeof logEvent>[] = []
  const underWay = new Set<Promise<unknown>>()

  const post = async ({ address, secret }: EventHook, body: string) => {
    const headers = { accept: 'application/json', 'content-type': 'application/json', authorization: secret }
    // At most one more time, and then never again.
    for (const _attempt of [1, 2]) {
      const answer = await fetch(address, { method: 'POST', headers, body }).catch(() => undefined)
      if (answer !== undefined && answer.status < 500) return
    }
  }
  const deliver = () => {
    const events = waiting
    waiting = []
    const delivery = {
      eventType: 'com.okta.event_hook',
      eventTypeVersion: '1.0',
      cloudEventsVersion: '0.1',
      source: `${origin}/api/v1/eventHooks/who1fakeEventHook000`,
      eventId: randomUUID(),
      eventTime: new Date().toISOString(),
      contentType: 'application/json',
      data: { events },
    }
    for (const hook of hooks) {
      const posting = post(hook, JSON.stringify(delivery)).finally(() => underWay.delete(posting))
      underWay.add(posting)
    }
  }
  directory.onChange((change) => {
    if (hooks.length === 0) return
    // What happens at about the same time comes together.
    if (waiting.length === 0) setImmediate(deliver)
    waiting.push(logEvent(change))
  })
  return {
    /** What an administrator does: names the address, and has it verified. Whether it was; then it is called from now on. */
    register: async (hook: EventHook): Promise<boolean> => {
      const challenge = randomUUID()
      const headers = { 'x-okta-verification-challenge': challenge, authorization: hook.secret }
      const answer = await fetch(hook.address, { headers })
      const said = (await answer.json().catch(() => undefined)) as { verification?: unknown } | undefined
      const isVerified = answer.status === 200 && said?.verification === challenge
      if (isVerified) hooks.push(hook)
      return isVerified
    },
    /** Resolves when nothing is on its way. */
    settled: async () => void (await Promise.all(underWay)),
  }
}
