import type { IncomingMessage } from 'node:http'

/** What a server of Node received, as a fetch-style request. */
export function toRequest(message: IncomingMessage, body: Uint8Array<ArrayBuffer>): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  const { method = 'GET' } = message
  const hasBody = method !== 'GET' && method !== 'HEAD'
  // The handler looks at method, headers and body only.
  return new Request('http://localhost/', { method, headers, ...(hasBody && { body }) })
}
