import type { EventType } from './catalogue.ts'

/**
 * Where the constant of a type stands in the SDK's `$`: `directory.group.user_added` is
 * `['Directory', 'group', 'userAdded']`, `webhook_endpoint.disabled` is `['WebhookEndpoint', 'disabled']`.
 */
export function sdkPath(type: EventType): string[] {
  return type.split('.').map((part, index) => {
    const name = part.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
    return index === 0 ? name.charAt(0).toUpperCase() + name.slice(1) : name
  })
}
