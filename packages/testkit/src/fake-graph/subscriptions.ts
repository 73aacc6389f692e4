import { randomUUID } from 'node:crypto'
import type { DirectoryChange, FakeDirectory } from '../fake-directory/index.ts'
import type { FakeAnswer, FakeRequest } from '../fake-http/index.ts'
import { createDelivery } from './delivery.ts'
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
const forbidden = 'Operation: Create; Exception: [Status Code: Forbidden]'
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
  const { confirm, deliver, ...delivery } = createDelivery()
  let untold: DirectoryChange[] = []

  const tellChanges = () => {
    const changes = untold
    untold = []
    for (const subscription of made.values()) {
      const kind = kindOf(subscription)
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
    if (!permissions.has(needed[kindOf(asked)])) return graphError(403, 'ExtensionError', forbidden)
    const { notificationUrl, lifecycleNotificationUrl = notificationUrl } = asked
    for (const address of new Set([notificationUrl, lifecycleNotificationUrl])) {
      if (!(await confirm(address)))
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
        const item = { ...lifecycleItem(subscription, tenantId), lifecycleEvent }
        await deliver(subscription.lifecycleNotificationUrl ?? '', [item])
      }
    },
    settled: async () => {
      // Behind the changes of this moment, which are told of soon.
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
      return delivery.settled()
    },
    close: delivery.close,
  }
}

function kindOf({ resource }: FakeSubscription): 'user' | 'group' {
  return resource.includes('group') ? 'group' : 'user'
}

function lifecycleItem({ id, clientState, expirationDateTime }: FakeSubscription, tenantId: string) {
  return { subscriptionId: id, subscriptionExpirationDateTime: expirationDateTime, tenantId, clientState }
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
