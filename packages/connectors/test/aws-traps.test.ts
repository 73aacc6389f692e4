import t from 'tap'
import { Value } from 'typebox/value'
import { type AwsConfig, awsConfig } from '../src/aws/config.ts'
import { aws } from '../src/aws/definition.ts'
import { endpointsOf } from '../src/aws/endpoints.ts'
import { textOf } from '../src/conformance/recording-logger.ts'
import { ConnectorError } from '../src/connector-error.ts'
import type { Connector } from '../src/index.ts'
import { failureOf } from './support/failure-of.ts'
import { hear } from './support/hear.ts'
import { openStore } from './support/open-aws.ts'

const errorOf = (connector: Connector) => failureOf(connector.check())

t.test('one attempt is one request, signed for itself, and we do the waiting', async (t) => {
  const { store, directory, open, exchanges, waits } = await openStore(t)
  directory.addUser({ userName: 'jane@acme.test' })
  await store.script({ does: { status: 503, body: '' }, at: 1, onwards: false })
  t.equal((await (await open()).check()).userCount, 1)
  t.strictSame(
    exchanges.map(({ status }) => status),
    [503, 200, 200],
  )
  const attempts = exchanges.map(({ call }) => call.headers['amz-sdk-invocation-id'])
  t.equal(new Set(attempts).size, 3)
  t.ok(exchanges.every(({ call }) => call.headers['amz-sdk-request'] === 'attempt=1; max=1'))

  waits.splice(0)
  const throttled = { status: 429, body: { __type: 'ThrottlingException', RetryAfterSeconds: 17 } }
  await store.script({ does: throttled, at: 1, onwards: false })
  await (await open()).check()
  t.ok(
    waits.some((milliseconds) => milliseconds > 16_000 && milliseconds < 19_000),
    `seconds in the body are waited: ${waits}`,
  )
  await store.script({ does: { ...throttled, status: 400, headers: { 'retry-after': '7200' } }, at: 1, onwards: true })
  const before = exchanges.length
  t.match(await errorOf(await open()), { code: 'throttled', retryAfterMilliseconds: 7_200_000 })
  t.equal(exchanges.length - before, 1, 'whoever is to wait for long is not asked again')
})

t.test('errors are told by their codes, and by nothing else of what was said', async (t) => {
  const { store, open } = await openStore(t)
  const said = (code: string, more: object = {}) => ({
    status: 400,
    body: { __type: code, Message: 'jane@acme.test', ...more },
  })
  const means = {
    'com.amazonaws.identitystore#AccessDeniedException:http://internal.amazon.com/': 'permission',
    'com.amazonaws.identitystore#UnrecognizedClientException': 'credentials',
    ExpiredTokenException: 'credentials',
    IncompleteSignature: 'credentials',
    ThrottlingException: 'throttled',
    InternalFailure: 'unavailable',
    ValidationException: 'protocol',
    NewKindOfException: 'protocol',
    'jane doe@acme.test': 'protocol',
  }
  for (const [code, means_] of Object.entries(means)) {
    await store.script({ does: said(code), at: 1, onwards: true })
    const error = await errorOf(await open())
    t.match(error, { code: means_ }, code)
    t.ok(error instanceof ConnectorError)
    t.notMatch(textOf(error), /jane|123456789012/)
  }
  const kms = { Reason: 'KMS_DISABLED' }
  await store.script({ does: said('ValidationException', kms), at: 1, onwards: true })
  t.match(await errorOf(await open()), { code: 'configuration', message: /ValidationException, KMS_DISABLED/ })
})

t.test('an answer that is not as the model says ends the round, and is not repeated', async (t) => {
  const { store, open } = await openStore(t)
  const bodies = [
    'jane@acme.test',
    '"jane@acme.test"',
    '{}',
    '{"Users":null}',
    '{"Users":"jane@acme.test"}',
    '{"Users":{"jane@acme.test":1}}',
    '{"Users":["jane@acme.test"]}',
    '{"Users":[{"UserName":"jane@acme.test"}]}',
    '{"Users":[{"UserId":"1","UserName":"jane@acme.test","CreatedAt":"jane@acme.test"}]}',
  ]
  for (const body of bodies) {
    await store.script({ does: { body }, at: 1, onwards: false })
    const error = await failureOf(hear((await open()).snapshot()))
    t.match(error, { code: 'protocol' }, body)
    t.notMatch(textOf(error), 'jane')
  }
})

t.test('a clock that is wrong is named', async (t) => {
  const { store, open } = await openStore(t)
  store.setClock(-42 * 60_000)
  t.match(await errorOf(await open()), { code: 'credentials', message: /InvalidSignatureException.*42 minutes apart/ })
  store.setClock(0)
  const error = await errorOf(await open({ secretAccessKey: 'x'.repeat(40) }))
  t.match(error, { code: 'credentials' })
  t.notMatch((error as Error).message, 'apart')
})

t.test('a configuration is whole, or refused by the name of its field', async (t) => {
  const config: AwsConfig = {
    accessKeyId: 'AKIAFAKEIDENTITY1234',
    secretAccessKey: 'secret-of-acme',
    region: 'eu-central-1',
    identityStoreId: 'd-99672ab34f',
  }
  t.ok(Value.Check(awsConfig, config))
  for (const field of Object.keys(config)) {
    const { [field as keyof AwsConfig]: _left, ...rest } = config
    t.notOk(Value.Check(awsConfig, rest), `without ${field}`)
  }
  const wrong: Partial<AwsConfig>[] = [
    { region: 'eu-central-1.evil.test' },
    { region: 'eu-central-1#' },
    { identityStoreId: 'd-99672AB34F' },
    { roleArn: 'arn:aws:iam::1:role/x' },
    { endpoint: 'https://user:secret@vpce.acme.test' },
    { endpoint: 'https://vpce.acme.test/path' },
  ]
  for (const changes of wrong) t.notOk(Value.Check(awsConfig, { ...config, ...changes }), JSON.stringify(changes))
  t.doesNotThrow(() => aws.assertConfig?.(config))
  const refused: [Partial<AwsConfig>, RegExp][] = [
    [{ accessKeyId: 'ASIAFAKEIDENTITY1234' }, /`accessKeyId`.*sessionToken/],
    [{ externalId: 'acme' }, /`externalId`.*roleArn/],
    [{ stsEndpoint: 'https://sts.acme.test' }, /`stsEndpoint`.*roleArn/],
    [{ endpoint: 'https://%' }, /`endpoint`/],
  ]
  for (const [changes, message] of refused) {
    t.throws(() => aws.assertConfig?.({ ...config, ...changes }), { code: 'invalidValue', message }, String(message))
  }
  t.match(endpointsOf(config), { identityStore: 'https://identitystore.eu-central-1.amazonaws.com' })
  t.match(endpointsOf({ ...config, region: 'cn-north-1' }), { tokenService: 'https://sts.cn-north-1.amazonaws.com.cn' })
  t.match(endpointsOf({ ...config, region: 'us-gov-west-1', endpoint: 'https://vpce.acme.test/' }), {
    identityStore: 'https://vpce.acme.test',
    tokenService: 'https://sts.us-gov-west-1.amazonaws.com',
  })
})
