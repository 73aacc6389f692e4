import { createHash, createHmac } from 'node:crypto'
import type { FakeRequest } from '../fake-http/index.ts'
import type { FakeErrorCode } from './fake-answers.ts'

/** What belongs to an access key. */
export interface FakeKey {
  secretAccessKey: string
  sessionToken?: string
  expired?: boolean
}

interface Expected {
  keys: ReadonlyMap<string, FakeKey>
  region: string
  service: string
  now: Date
}

const authorizationForm =
  /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/([\w-]+)\/([\w-]+)\/aws4_request, ?SignedHeaders=([\w;-]+), ?Signature=([0-9a-f]{64})$/
const skewMillisecondsMax = 5 * 60_000

/**
 * What is wrong with the signature of a request to the root of a service (AWS Signature Version 4, as the IAM user guide describes it);
 * undefined when it is right. The key that signed it is told all the same.
 */
export function signatureFault(
  request: FakeRequest,
  { keys, region, service, now }: Expected,
): { code: FakeErrorCode } | { keyId: string } {
  const { authorization, 'x-amz-date': date = '' } = request.headers
  if (authorization === undefined) return { code: 'MissingAuthenticationTokenException' }
  const parts = authorizationForm.exec(authorization)?.slice(1)
  if (parts === undefined) return { code: 'IncompleteSignatureException' }
  const [keyId = '', day = '', itsRegion, itsService, names = '', signature] = parts
  const key = keys.get(keyId)
  if (key === undefined || key.sessionToken !== request.headers['x-amz-security-token']) {
    return { code: 'UnrecognizedClientException' }
  }
  const scope = [day, region, service, 'aws4_request']
  const isScope = itsRegion === region && itsService === service && date.startsWith(day)
  const isSigned = ['host', 'x-amz-date'].every((name) => names.split(';').includes(name))
  const isNow = Math.abs(momentOf(date) - now.getTime()) < skewMillisecondsMax
  const right = isScope && isSigned && isNow && signature === signatureOf(request, key, names, scope)
  if (!right) return { code: 'InvalidSignatureException' }
  return key.expired === true ? { code: 'ExpiredTokenException' } : { keyId }
}

function signatureOf(request: FakeRequest, { secretAccessKey }: FakeKey, names: string, scope: string[]): string {
  const { method, headers, body } = request
  const lines = names.split(';').map((name) => `${name}:${(headers[name] ?? '').trim()}`)
  const canonical = [method, '/', '', ...lines, '', names, sha256(body)].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope.join('/'), sha256(canonical)].join('\n')
  let key: Buffer = Buffer.from(`AWS4${secretAccessKey}`)
  for (const part of [...scope, toSign]) key = createHmac('sha256', key).update(part).digest()
  return key.toString('hex')
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Of `20260102T030405Z`. */
function momentOf(date: string): number {
  return Date.parse(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'))
}
