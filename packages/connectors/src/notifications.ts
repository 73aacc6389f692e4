import type { ConnectorContext } from './connector-context.ts'

/** A request that came to the address of a channel, whoever sent it. */
export interface Notification {
  method: string
  /** Names in small letters. */
  headers: Readonly<Record<string, string>>
  query: URLSearchParams
  /** As it came. */
  body: string
}

/**
 * What a notification is worth. `refused`: it is forged, or none. `confirmed`: the source asks whether the address is ours.
 * `changed`: something has changed, or may have without our being told. `renew`: subscriptions end soon, or have ended.
 */
export interface NotificationVerdict {
  means: 'refused' | 'confirmed' | 'changed' | 'renew'
  /** What the source expects to be answered with; 202 without a body when nothing is said, 401 when it is refused. */
  answer?: { status: number; contentType: string; body: string }
}

/** What is known of a channel when a notification comes to it. */
export interface Channel {
  /** Whether a text is the secret that the source was given; takes as long for every text. */
  isSecret(text: string): boolean
  /** Ids that the source gave to the subscriptions of the channel. */
  subscriptionIds: readonly string[]
}

/** What a source has promised to tell of. */
export interface Subscription {
  /** As the source calls it. */
  id: string
  /** What else the source wants to be told to end it: a resource id, for example. */
  resource: string
  expiresAt: Date
}

/** Where and how a source is to tell. */
export interface ChannelTarget {
  /** 26 characters, lower-case letters and digits; the same whenever subscriptions are made anew. */
  channelId: string
  /** https URL. */
  address: string
  /** Sent along by the source with every notification: 43 characters of base64url. Every subscription of a channel has it. */
  secret: string
}

/** The context of calls that keep subscriptions. */
export type SubscriptionContext = Omit<ConnectorContext, 'onThrottled'>

/** How the source of a connector tells of changes as they happen. `receive` is called for strangers: it looks at nothing but its arguments. */
export interface NotificationSupport<Config> {
  /** Judges a request. Of what is not signed with the channel's secret nothing is believed. */
  receive(notification: Notification, channel: Channel): NotificationVerdict
  /**
   * Makes the subscriptions of a channel, and ends them. None when only an administrator of the source can: that one is shown
   * address and secret. They are not renewed: before they expire, others are made with another secret, and these are ended.
   */
  subscriptions?: {
    /** @throws ConnectorError */
    subscribe(config: Config, context: SubscriptionContext, target: ChannelTarget): Promise<readonly Subscription[]>
    /** Ends one; one that is gone already is no error. @throws ConnectorError */
    unsubscribe(config: Config, context: SubscriptionContext, subscription: Subscription): Promise<void>
  }
  /** Of one without `subscriptions`: what its administrator does at the source with address and secret, in a sentence or two. */
  instructions?: string
}
