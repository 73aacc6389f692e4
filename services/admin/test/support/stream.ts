import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Test } from 'tap'
import type { Installation } from './installation.ts'

export interface Message {
  id: string | undefined
  event: string | undefined
  data: string | undefined
}

/** Reads server-sent events as WHATWG HTML §9.2.6 says, as far as these tests need it. */
async function* readMessages(body: AsyncIterable<Uint8Array>): AsyncGenerator<Message> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true })
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = new Map(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.split(':', 1)[0], line.replace(/^[^:]*: ?/, '')]),
      )
      text = text.slice(end + 2)
      if (fields.has('data')) yield { id: fields.get('id'), event: fields.get('event'), data: fields.get('data') }
    }
  }
}

/** Listens for real: only then an answer can come by and by. */
export async function listen({
  app,
}: Installation): Promise<(key: string, path: string, headers?: object) => Promise<Response & { end(): void }>> {
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  return async (key, path, headers = {}) => {
    const ending = new AbortController()
    const response = await fetch(`${address}${path}`, {
      headers: { authorization: `Bearer ${key}`, ...headers },
      signal: ending.signal,
    })
    return Object.assign(response, { end: () => ending.abort() })
  }
}

/** The next so many messages; fails when they do not come. */
export async function take(messages: AsyncGenerator<Message>, count: number): Promise<Message[]> {
  const taken: Message[] = []
  while (taken.length < count) {
    const next = await Promise.race([messages.next(), delay(10_000, undefined, { ref: false })])
    if (next === undefined || next.done) throw new Error(`Only ${taken.length} of ${count} messages came`)
    taken.push(next.value)
  }
  return taken
}

/** The messages of an answer that is a stream. */
export const messagesOf = ({ body }: Response) => readMessages(body as unknown as AsyncIterable<Uint8Array>)

export async function superuserOf(t: Test, { superuserUrl }: Installation): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: superuserUrl })
  await client.connect()
  t.teardown(() => client.end())
  return client
}
