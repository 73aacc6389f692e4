import { randomUUID } from 'node:crypto'

/** How Graph calls the addresses of subscriptions. */
export interface Delivery {
  /** Whether an address answers the question that is asked before a subscription is made. */
  confirm(address: string): Promise<boolean>
  /** Delivers notifications, once. */
  deliver(url: string, value: readonly object[]): Promise<unknown>
  /** Resolves once all that was delivered was answered; says with which status, 0 for none. */
  settled(): Promise<readonly number[]>
  close(): void
}

const answerMilliseconds = 10_000

export function createDelivery(): Delivery {
  const statuses: number[] = []
  const closing = new AbortController()
  let underWay: Promise<unknown> = Promise.resolve()
  const post = (url: string, contentType: string, body: string) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body,
      signal: AbortSignal.any([closing.signal, AbortSignal.timeout(answerMilliseconds)]),
    })
  return {
    confirm: async (address) => {
      const token = `Validation: Testing client application reachability for subscription Request-Id: ${randomUUID()}`
      const url = new URL(address)
      url.searchParams.set('validationToken', token)
      const answer = await post(url.href, 'text/plain; charset=utf-8', '').catch(() => undefined)
      const isPlain = answer?.headers.get('content-type')?.startsWith('text/plain') === true
      return answer?.status === 200 && isPlain && (await answer.text()) === token
    },
    deliver: (url, value) => {
      const one = post(url, 'application/json', JSON.stringify({ value })).then(
        (answer) => statuses.push(answer.status),
        () => statuses.push(0),
      )
      underWay = Promise.all([underWay, one])
      return one
    },
    settled: async () => {
      await underWay
      return statuses
    },
    close: () => closing.abort(),
  }
}
