import { randomBytes } from 'node:crypto'
import type { FakeAnswer, FakeRequest } from '../fake-http/index.ts'
import { type FakeKey, signatureFault } from './signature.ts'

/** A role that may be assumed by who knows its external id. */
export interface FakeRole {
  roleArn: string
  externalId?: string
}

interface RoleWorld {
  keys: Map<string, FakeKey>
  region: string
  role: FakeRole | undefined
  now(): Date
}

/** What the common errors of JSON services are called by the Security Token Service. */
const names: Readonly<Record<string, readonly [status: number, code: string]>> = {
  UnrecognizedClientException: [403, 'InvalidClientTokenId'],
  InvalidSignatureException: [403, 'SignatureDoesNotMatch'],
  ExpiredTokenException: [403, 'ExpiredToken'],
  MissingAuthenticationTokenException: [403, 'MissingAuthenticationToken'],
  IncompleteSignatureException: [400, 'IncompleteSignature'],
}

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/'

/** `AssumeRole` of the Security Token Service (its API reference, version 2011-06-15): keys that the Identity Store takes. */
export function assumeRole(request: FakeRequest, { keys, region, role, now }: RoleWorld): FakeAnswer {
  const form = new URLSearchParams(request.body)
  if (form.get('Action') !== 'AssumeRole' || form.get('Version') !== '2011-06-15') return refusal(400, 'InvalidAction')
  const signed = signatureFault(request, { keys, region, service: 'sts', now: now() })
  if ('code' in signed) return refusal(...(names[signed.code] ?? ([400, signed.code] as const)))
  const isTrusted = role !== undefined && form.get('RoleArn') === role.roleArn
  if (!isTrusted || (form.get('ExternalId') ?? undefined) !== role.externalId) return refusal(403, 'AccessDenied')
  const seconds = Number(form.get('DurationSeconds') ?? 3_600)
  if (form.get('RoleSessionName') === null || seconds < 900 || seconds > 3_600) return refusal(400, 'ValidationError')
  const keyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`
  const key = { secretAccessKey: randomBytes(30).toString('base64'), sessionToken: randomBytes(90).toString('base64') }
  keys.set(keyId, key)
  const expiration = new Date(now().getTime() + seconds * 1_000).toISOString()
  const credentials = `<AccessKeyId>${keyId}</AccessKeyId><SecretAccessKey>${key.secretAccessKey}</SecretAccessKey>
      <SessionToken>${key.sessionToken}</SessionToken><Expiration>${expiration}</Expiration>`
  return xml(
    200,
    `<AssumeRoleResponse xmlns="${namespace}"><AssumeRoleResult>
    <AssumedRoleUser><Arn>${role.roleArn}/muster</Arn></AssumedRoleUser>
    <Credentials>${credentials}</Credentials></AssumeRoleResult></AssumeRoleResponse>`,
  )
}

function refusal(status: number, code: string): FakeAnswer {
  return xml(
    status,
    `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${code}</Code>
      <Message>User: arn:aws:iam::123456789012:user/jane.doe@acme.test may not</Message></Error></ErrorResponse>`,
  )
}

function xml(status: number, body: string): FakeAnswer {
  return { status, headers: { 'content-type': 'text/xml' }, body }
}
