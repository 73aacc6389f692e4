import { randomUUID } from 'node:crypto'
import type { GoogleDocuments } from '@muster/connectors'
import type { DirectoryChange, FakeDirectory } from '../fake-directory/index.ts'
import type { FakeAnswer, FakeRequest } from '../fake-http/index.ts'
import { refusal } from './refusals.ts'

const lifeSeconds = { usual: 7_200, max: 172_800 }
const watched = ['add', 'delete', 'makeAdmin', 'undelete', 'update']

/** What a change of a user is called to those who watch. */
const eventOf: Partial<Record<DirectoryChange['does'], string>> = { create: 'add', update: 'update', delete: 'delete' }

interface Channel {
  id: string
  address: string
  token: string
  event: string
  resourceId: string
  expiresAt: number
  messages: number
}

/** Push channels on users (developers.google.com/workspace/admin/directory/v1/guides/push); of groups nothing is told. */
export interface Channels {
  /** The channels that are open, by event. */
  open(): { id: string; event: string; expiresAt: Date }[]
  watch(request: FakeRequest): FakeAnswer
  stop(request: FakeRequest): FakeAnswer
  /** Resolves once all that was told has been answered. */
  settled(): Promise<void>
}

export function createChannels(directory: FakeDirectory): Channels {
  const channels = new Map<string, Channel>()
  const used = new Set<string>()
  const underWay = new Set<Promise<unknown>>()
  const openOnes = () => [...channels.values()].filter(({ expiresAt }) => expiresAt > Date.now())

  const tell = (channel: Channel, state: string, body?: object) => {
    const told = fetch(channel.address, {
      method: 'POST',
      headers: { ...headersOf(channel, state), ...(body && { 'content-type': 'application/json; utf-8' }) },
      ...(body && { body: JSON.stringify(body) }),
    }).catch(() => undefined)
    underWay.add(told)
    void told.finally(() => underWay.delete(told))
  }
  directory.onChange(({ kind, does, id }) => {
    const event = kind === 'user' ? eventOf[does] : undefined
    if (event === undefined) return
    const body = { kind: 'admin#directory#user', id, etag: '"fake/push"' }
    for (const channel of openOnes()) if (channel.event === event) tell(channel, event, body)
  })
  return {
    open: () => openOnes().map(({ id, event, expiresAt }) => ({ id, event, expiresAt: new Date(expiresAt) })),
    settled: async () => void (await Promise.all(underWay)),
    watch: ({ body, query }) => {
      const asked: GoogleDocuments['channel'] = JSON.parse(body)
      const { id, address, token, type, params } = asked
      const event = query.get('event') ?? ''
      const isValid =
        id && id.length <= 64 && !used.has(id) && address && type === 'web_hook' && watched.includes(event)
      if (!isValid) return refusal('invalid')
      used.add(id)
      const life = Math.min(Number(params?.ttl ?? lifeSeconds.usual), lifeSeconds.max)
      const channel: Channel = {
        ...{ id, address, event, token: token ?? '', messages: 0 },
        ...{ resourceId: randomUUID(), expiresAt: Date.now() + life * 1_000 },
      }
      channels.set(id, channel)
      tell(channel, 'sync')
      const { resourceId, expiresAt } = channel
      const answer: GoogleDocuments['channel'] = {
        ...{ kind: 'api#channel', id, resourceId, token: channel.token },
        ...{ resourceUri: 'https://admin.googleapis.com/admin/directory/v1/users', expiration: String(expiresAt) },
      }
      return { body: answer }
    },
    stop: ({ body }) => {
      const { id, resourceId }: GoogleDocuments['channel'] = JSON.parse(body)
      if (!id || channels.get(id)?.resourceId !== resourceId) return refusal('notFound')
      channels.delete(id)
      return { status: 204 }
    },
  }
}

function headersOf(channel: Channel, state: string): Record<string, string> {
  channel.messages++
  return {
    'x-goog-channel-id': channel.id,
    'x-goog-channel-token': channel.token,
    'x-goog-channel-expiration': new Date(channel.expiresAt).toUTCString(),
    'x-goog-resource-id': channel.resourceId,
    'x-goog-resource-uri': 'https://admin.googleapis.com/admin/directory/v1/users?alt=json',
    'x-goog-resource-state': state,
    'x-goog-message-number': String(channel.messages),
  }
}
