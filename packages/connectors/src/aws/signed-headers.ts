import { createHash, createHmac } from 'node:crypto'

/** Keys of AWS, for good or for a while. */
export interface AwsKeys {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string | undefined
}

interface Signing {
  keys: AwsKeys
  region: string
  service: string
  /** Also of the signature: it holds for a few minutes. */
  at: Date
}

/** A POST to the root of a service. */
interface Posting {
  host: string
  contentType: string
  body: string
}

const algorithm = 'AWS4-HMAC-SHA256'

/**
 * The headers by which a POST is signed (AWS Signature Version 4, "Create a signed AWS API request"). For the one call that the SDK at hand
 * does not make.
 */
export function signedHeaders(
  { host, contentType, body }: Posting,
  { keys, region, service, at }: Signing,
): Record<string, string> {
  const moment = at.toISOString().replace(/[-:]|\.\d+/g, '')
  const day = moment.slice(0, 8)
  const headers = {
    'content-type': contentType,
    host,
    'x-amz-date': moment,
    ...(keys.sessionToken !== undefined && { 'x-amz-security-token': keys.sessionToken }),
  }
  const names = Object.keys(headers).join(';')
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`)
  const canonical = ['POST', '/', '', lines.join(''), names, hashOf(body)].join('\n')
  const scope = [day, region, service, 'aws4_request'].join('/')
  const toSign = [algorithm, moment, scope, hashOf(canonical)].join('\n')
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${keys.secretAccessKey}`,
  )
  const signature = createHmac('sha256', key).update(toSign).digest('hex')
  const { host: _host, ...sent } = headers
  const authorization = `${algorithm} Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`
  return { ...sent, authorization }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
