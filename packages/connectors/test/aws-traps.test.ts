import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { Value } from 'typebox/value'
import { type AwsConfig, awsConfig } from '../src/aws/config.ts'
import { aws } from '../src/aws/definition.ts'
import { endpointsOf } from '../src/aws/endpoints.ts'
import { textOf } from '../src/conformance/recording-logger.ts'
import { ConnectorError } from '../src/connector-error.ts'
import type { Connector } from '../src/index.ts'
import { openStore } from './support/open-aws.ts'

const run = promisify(execFile)
const child = fileURLToPath(new URL('./support/read-aws.ts', import.meta.url))

const errorOf = (connector: Connector) =>
  connector.check().then(
    () => undefined,
    (error: unknown) => error,
  )

t.test('nothing is taken from environment, files or the machine', async (t) => {
  const { store } = await openStore(t)
  store.directory.addUser({ userName: 'jane@acme.test' })
  let decoyed = 0
  const decoy = createServer((_request, response) => {
    decoyed++
    response.end('{}')
  }).listen(0, '127.0.0.1')
  t.teardown(() => decoy.close())
  await new Promise((resolve) => decoy.once('listening', resolve))
  const elsewhere = `http://127.0.0.1:${(decoy.address() as AddressInfo).port}`

  const home = t.testdir()
  const rival = { id: 'AKIARIVALRIVALRIVAL1', secret: 'rival/Secret+Rival/Secret+Rival/Secret12' }
  const files = [
    `[default]\naws_access_key_id = ${rival.id}\naws_secret_access_key = ${rival.secret}\n`,
    `[default]\nregion = us-east-1\nendpoint_url = ${elsewhere}\nretry_mode = adaptive\nmax_attempts = 9\ndefaults_mode = auto\n` +
      `use_fips_endpoint = true\nuse_dualstack_endpoint = true\nsdk_ua_app_id = rival-app\nauth_scheme_preference = httpBearerAuth\n` +
      `credential_process = /bin/false\nservices = s\n[services s]\nidentitystore =\n  endpoint_url = ${elsewhere}\n`,
  ]
  await mkdir(join(home, '.aws'))
  await writeFile(join(home, '.aws/credentials'), files[0] ?? '')
  await writeFile(join(home, '.aws/config'), files[1] ?? '')
  const poison = {
    HOME: home,
    AWS_CONFIG_FILE: join(home, '.aws/config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, '.aws/credentials'),
    AWS_ACCESS_KEY_ID: rival.id,
    AWS_SECRET_ACCESS_KEY: rival.secret,
    AWS_SESSION_TOKEN: 'rival-session-token',
    AWS_ROLE_ARN: 'arn:aws:iam::999999999999:role/rival',
    AWS_WEB_IDENTITY_TOKEN_FILE: join(home, '.aws/config'),
    AWS_CONTAINER_CREDENTIALS_FULL_URI: elsewhere,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: elsewhere,
    AWS_ENDPOINT_URL: elsewhere,
    AWS_ENDPOINT_URL_IDENTITYSTORE: elsewhere,
    AWS_ENDPOINT_URL_STS: elsewhere,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EXECUTION_ENV: 'AWS_Lambda_rival',
    AWS_DEFAULTS_MODE: 'auto',
    AWS_USE_FIPS_ENDPOINT: 'true',
    AWS_USE_DUALSTACK_ENDPOINT: 'true',
    AWS_MAX_ATTEMPTS: '9',
    AWS_RETRY_MODE: 'adaptive',
    AWS_AUTH_SCHEME_PREFERENCE: 'httpBearerAuth',
    AWS_BEARER_TOKEN_IDENTITYSTORE: 'rival-bearer-token',
    AWS_SDK_UA_APP_ID: 'rival-app',
    AWS_LAMBDA_FUNCTION_NAME: 'rival-function',
    _X_AMZN_TRACE_ID: 'Root=1-rival;Parent=rival;Sampled=1',
    HTTP_PROXY: elsewhere,
    HTTPS_PROXY: elsewhere,
    http_proxy: elsewhere,
  }
  const heads = async (env: object) => {
    const { stdout } = await run(process.execPath, [child, JSON.stringify(store.config)], {
      env: { PATH: process.env.PATH, ...env },
    })
    return JSON.parse(stdout) as { users: number; sent: Record<string, string>[] }
  }
  const [plain, poisoned] = await Promise.all([heads({}), heads(poison)])
  t.equal(poisoned.users, 1)
  t.equal(decoyed, 0)
  t.notMatch(JSON.stringify(poisoned), /rival/i)
  t.strictSame(
    poisoned.sent.map((headers) => Object.keys(headers).sort()),
    plain.sent.map((headers) => Object.keys(headers).sort()),
    'and nothing is sent that is not always sent',
  )
  const scope = new RegExp(`Credential=${store.config.accessKeyId}/\\d{8}/eu-central-1/identitystore/`)
  t.ok(poisoned.sent.every(({ authorization = '' }) => scope.test(authorization)))
})

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
    const error = await (await open())
      .snapshot()
      [Symbol.asyncIterator]()
      .next()
      .then(
        () => undefined,
        (error: unknown) => error,
      )
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
