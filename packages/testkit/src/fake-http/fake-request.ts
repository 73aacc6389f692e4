import type { IncomingMessage } from 'node:http'

/** A request as a fake source sees it. */
export interface FakeRequest {
  method: string
  path: string
  query: URLSearchParams
  headers: Readonly<Record<string, string>>
  body: string
}

/** What a fake source answers: JSON, or text as it stands. */
export interface FakeAnswer {
  /** 200 without it. */
  status?: number
  headers?: Readonly<Record<string, string>>
  body?: unknown
}

export async function readRequest(message: IncomingMessage, origin: string): Promise<FakeRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  const url = new URL(message.url ?? '/', origin)
  const headers = Object.entries(message.headers).map(([name, value]) => [name, String(value)])
  return {
    method: message.method ?? 'GET',
    path: decodeURI(url.pathname),
    query: url.searchParams,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks).toString(),
  }
}
