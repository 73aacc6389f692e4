import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'

interface WireRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | undefined
}

interface WireAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** From here on a body waits for the server's leave: one that is refused for its size would break the connection. */
const largeBodyBytes = 200_000
/** A server that knows nothing of `Expect` says nothing: then the body goes without its leave. */
const leaveMs = 1_000
/** Many servers give leave first and look at the size then: what they say is waited for before the body goes. */
const refusalMs = 100

const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) }

/**
 * Sends one HTTP request as it is, without headers of our own, and reads the whole answer. Unlike `fetch`, which loses
 * an answer that comes before the body was taken (413). Throws what Node throws.
 */
export async function exchangeHttp(
  { method, url, headers, body }: WireRequest,
  signal: AbortSignal,
): Promise<WireAnswer> {
  const isLarge = body !== undefined && body.length >= largeBodyBytes
  const isSecure = url.protocol === 'https:'
  const request = (isSecure ? httpsRequest : httpRequest)(url, {
    method,
    headers: {
      ...headers,
      ...(body && { 'content-length': body.length }),
      ...(isLarge && { expect: '100-continue' }),
    },
    agent: isSecure ? agents.https : agents.http,
    signal,
  })
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve)
    request.on('error', reject)
  })
  const isEarly = isLarge && (await answersBeforeBody(request, answered))
  if (!isEarly) request.end(body)
  const response = await answered
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  // Half a request was sent: nobody else can use the connection.
  if (isEarly) request.destroy()
  const pairs = Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  )
  return { status: response.statusCode ?? 0, headers: new Headers(pairs), text }
}

/** Whether the final answer is there although only the head was sent. */
async function answersBeforeBody(
  request: ReturnType<typeof httpRequest>,
  answered: Promise<IncomingMessage>,
): Promise<boolean> {
  const leave = new Promise<void>((resolve) => request.on('continue', resolve))
  request.flushHeaders()
  const isAnswered = answered.then(() => true)
  const hasLeave = Promise.race([leave, sleep(leaveMs, undefined, { ref: false })])
  return Promise.race([isAnswered, hasLeave.then(() => sleep(refusalMs, false))])
}
