import { codeOf, errorDocument } from '../http/error-document.ts'
import { jsonOf } from '../http/source-answer.ts'
import type { SourceAnswer, SourceFetch } from '../http/source-fetch.ts'
import { type AwsFault, failureOfFault } from './aws-error.ts'

const service = 'The Identity Store'
/** Names of the model, and nothing that could be about somebody. */
const codeForm = /^[A-Za-z_]{1,64}$/

/** A request as the SDK has signed it. */
interface SignedRequest {
  protocol: string
  hostname: string
  port?: number | undefined
  path: string
  method: string
  headers: Readonly<Record<string, string>>
  body?: unknown
}

/**
 * The transport of the SDK: ours. Errors are judged here and go through the SDK as they are: its own carry the request
 * with its signature, and what was answered.
 */
export function requestHandlerOver(fetch: SourceFetch) {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async ({ protocol, hostname, port, path, method, headers, body }: SignedRequest) => {
      const { host: _host, ...sent } = headers
      const answer = await fetch({
        url: `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`,
        method: method as 'POST',
        headers: sent,
        body: textOfBody(body),
      })
      if (answer.status !== 200) throw failureOfFault(service, answer, faultOf(answer))
      // The SDK's words for what is no JSON repeat it.
      jsonOf(service, answer)
      const response = { statusCode: answer.status, headers: { ...answer.headers }, body: bytesOf(answer.body) }
      return { response }
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  }
}

/** AWS JSON 1.1: the code stands in the body with its namespace, or in a header. */
function faultOf(answer: SourceAnswer): AwsFault {
  const said = errorDocument(answer)
  const named = said.__type ?? said.code ?? answer.headers['x-amzn-errortype']
  const [code] = typeof named === 'string' ? named.split(':') : []
  const seconds = Number(said.RetryAfterSeconds)
  return {
    code: codeOf(code?.split('#').at(-1), codeForm),
    reason: codeOf(said.Reason, codeForm),
    resourceType: codeOf(said.ResourceType, codeForm),
    retryAfterSeconds: seconds > 0 ? seconds : undefined,
  }
}

/** A string method of the SDK's bytes warns on the console. */
function textOfBody(body: unknown): string {
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : String(body)
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
