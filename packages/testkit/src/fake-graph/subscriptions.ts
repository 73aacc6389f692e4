import { randomUUID } from 'node:crypto'
import type { DirectoryChange, FakeDirectory } from '../fake-directory/index.ts'
import type { FakeAnswer, FakeRequest } from '../fake-http/index.ts'
import { graphError } from './graph-answers.ts'

/** As Graph keeps it (https://learn.microsoft.com/en-us/graph/api/resources/subscription). */
export interface FakeSubscription {
  id: string
  resource: string
  changeType: string
  notificationUrl: string
  lifecycleNotificationUrl?: string
  clientState?: string
  expirationDateTime: string
}

export type LifecycleEvent = 'reauthorizationRequired' | 'subscriptionRemoved' | 'missed'

export interface Subscriptions {
  made: ReadonlyMap<string, FakeSubscription>
  answer(request: FakeRequest): Promise<FakeAnswer>
  /** Tells every subscription of an event of its life. */
  tell(event: LifecycleEvent): Promise<void>
  /** Resolves once all notifications so far were answered; says with which status. */
  settled(): Promise<readonly number[]>
  close(): void
}

/** 41,760 minutes: "under 29 days". */
const lifetimeMillisecondsMax = 41_760 * 60_000
const clientStateCharactersMax = 128
const answerMilliseconds = 10_000
/** Of apps, by https://learn.microsoft.com/en-us/graph/api/subscription-post-subscriptions#permissions */
const needed = { user: 'User.Read.All', group: 'Group.Read.All' } as const

/**
 * Change notifications (https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks). What the vendor delivers to
 * https alone goes to plain http here, too.
 */
export function createSubscriptions(
  directory: FakeDirectory,
  tenantId: string,
  permissions: ReadonlySet<string>,
): Subscriptions {
  const made = new Map<string, FakeSubscription>()
  const statuses: number[] = []
  const closing = new AbortController()
  let untold: DirectoryChange[] = []
  let underWay: Promise<unknown> = Promise.resolve()

  const post = (url: string, body: unknown, contentType: string) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      signal: AbortSignal.any([closing.signal, AbortSignal.timeout(answerMilliseconds)]),
    })
  const confirm = async (address: string) => {
    const token = `Validation: Testing client application reachability for subscription Request-Id: ${randomUUID()}`
    const url = new URL(address)
    url.searchParams.set('validationToken', token)
    const answer = await post(url.href, '', 'text/plain; charset=utf-8').catch(() => undefined)
    const isPlain = answer?.headers.get('content-type')?.startsWith('text/plain') === true
    return answer?.status === 200 && isPlain && (await answer.text()) === token
  }
  const deliver = (url: string, value: readonly object[]) => {
    const one = post(url, { value }, 'application/json').then(
      (answer) => statuses.push(answer.status),
      () => statuses.push(0),
    )
    underWay = Promise.all([underWay, one])
    return one
  }
  const tellChanges = () => {
    const changes = untold
    untold = []
    for (const subscription of made.values()) {
      const kind = subscription.resource.includes('group') ? 'group' : 'user'
      const ids = new Set(changes.filter((change) => change.kind === kind).map(({ id }) => id))
      const value = [...ids].map((id) => changeNotification(subscription, tenantId, kind, id))
      if (value.length > 0) deliver(subscription.notificationUrl, value)
    }
  }
  directory.onChange((change) => {
    if (made.size === 0) return
    // Several changes at once are told of at once.
    if (untold.push(change) === 1) setImmediate(tellChanges)
  })
  const subscribe = async ({ body }: FakeRequest): Promise<FakeAnswer> => {
    const asked = JSON.parse(body) as FakeSubscription
    const flaw = flawOf(asked)
    if (flaw !== undefined) return graphError(400, 'InvalidRequest', flaw)
    if (!permissions.has(needed[asked.resource.includes('group') ? 'group' : 'user'])) {
      return graphError(403, 'ExtensionError', 'Operation: Create; Exception: [Status Code: Forbidden]')
    }
    for (const address of new Set([asked.notificationUrl, asked.lifecycleNotificationUrl ?? asked.notificationUrl])) {
      if (await confirm(address)) continue
      return graphError(400, 'ValidationError', 'Subscription validation request failed.')
    }
    const subscription = { ...asked, id: randomUUID() }
    made.set(subscription.id, subscription)
    return { status: 201, body: { '@odata.context': '#subscriptions/$entity', applicationId: null, ...subscription } }
  }
  return {
    made,
    answer: async (request) => {
      const id = request.path.split('/')[3]
      if (request.method === 'POST' && id === undefined) return subscribe(request)
      if (request.method === 'DELETE' && id !== undefined && made.delete(id)) return { status: 204 }
      return graphError(404, 'ResourceNotFound', 'The object was not found.')
    },
    tell: async (lifecycleEvent) => {
      for (const subscription of made.values()) {
        const { id: subscriptionId, clientState, expirationDateTime, lifecycleNotificationUrl = '' } = subscription
        const item = { subscriptionId, subscriptionExpirationDateTime: expirationDateTime, tenantId, clientState }
        await deliver(lifecycleNotificationUrl, [{ ...item, lifecycleEvent }])
      }
    },
    settled: async () => {
      // Behind the changes of this moment, which are told of soon.
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
      await underWay
      return statuses
    },
    close: () => closing.abort(),
  }
}

function changeNotification(subscription: FakeSubscription, tenantId: string, kind: 'user' | 'group', id: string) {
  const type = kind === 'user' ? 'User' : 'Group'
  return {
    // What is new is told of as updated, and so is what is put into the bin.
    changeType: 'updated',
    clientState: subscription.clientState,
    resource: `${type}s/${id}`,
    resourceData: {
      '@odata.type': `#Microsoft.Graph.${type}`,
      '@odata.id': `${type}s/${id}`,
      id,
      organizationId: tenantId,
    },
    subscriptionExpirationDateTime: subscription.expirationDateTime,
    subscriptionId: subscription.id,
    tenantId,
  }
}

function flawOf(asked: FakeSubscription): string | undefined {
  const { changeType, resource, notificationUrl, clientState = '', expirationDateTime } = asked
  const lasts = Date.parse(expirationDateTime) - Date.now()
  if (!/^\/?(users|groups)$/.test(resource)) return 'The resource is not supported.'
  if (!/^(updated|deleted)(,(updated|deleted))?$/.test(changeType)) return 'The changeType is not supported.'
  if (!URL.canParse(notificationUrl)) return 'The notificationUrl is not valid.'
  if (clientState.length > clientStateCharactersMax) return 'The clientState is too long.'
  if (!(lasts > 0 && lasts <= lifetimeMillisecondsMax)) return 'Subscription expiration can only be 41760 minutes.'
  return undefined
}
