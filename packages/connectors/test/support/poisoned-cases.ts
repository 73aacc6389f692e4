import { googleKey, startFakeGoogle } from '@muster/testkit/fake-google'
import { startFakeGraph } from '@muster/testkit/fake-graph'
import { startFakeIdentityStore } from '@muster/testkit/fake-identity-store'
import { startFakeOkta } from '@muster/testkit/fake-okta'
import type { ConnectorType } from '../../src/connector.ts'
import type { Poison } from './poisoned-machine.ts'

/** A source, what connectors of it could find lying around of the tenant `rival`, and what they are wrongly configured with. */
export interface PoisonedCase {
  type: Exclude<ConnectorType, 'LDAP'>
  start(): ReturnType<
    typeof startFakeOkta | typeof startFakeGoogle | typeof startFakeGraph | typeof startFakeIdentityStore
  >
  poisonOf(home: string, trap: string): Poison
  /** Fields of configurations that lack something, and the codes by which they fail. */
  wrong: readonly [changes: Record<string, unknown>, code: string][]
  /** What of a configuration nobody may be told. */
  secret: string
  /** Addresses in the cloud that stand for the source. */
  vendors: readonly string[]
  /** Which files of its SDK are loaded, and which are not. */
  loads?: { some: RegExp; none: RegExp }
}

export const poisonedCases: readonly PoisonedCase[] = [
  {
    type: 'AWS_DIRECTORY',
    start: () => startFakeIdentityStore(),
    poisonOf: (home, trap) => {
      const [id, secret] = ['AKIARIVALRIVALRIVAL1', 'rival/Secret+Rival/Secret+Rival/Secret12']
      return {
        files: {
          '.aws/credentials': `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`,
          '.aws/config':
            `[default]\nregion = us-east-1\nendpoint_url = ${trap}\nretry_mode = adaptive\nmax_attempts = 9\ndefaults_mode = auto\n` +
            `use_fips_endpoint = true\nuse_dualstack_endpoint = true\nsdk_ua_app_id = rival-app\nauth_scheme_preference = httpBearerAuth\n` +
            `credential_process = /bin/false\nservices = s\n[services s]\nidentitystore =\n  endpoint_url = ${trap}\n`,
        },
        environment: {
          AWS_CONFIG_FILE: `${home}/.aws/config`,
          AWS_SHARED_CREDENTIALS_FILE: `${home}/.aws/credentials`,
          AWS_ACCESS_KEY_ID: id,
          AWS_SECRET_ACCESS_KEY: secret,
          AWS_SESSION_TOKEN: 'rival-session-token',
          AWS_ROLE_ARN: 'arn:aws:iam::999999999999:role/rival',
          AWS_WEB_IDENTITY_TOKEN_FILE: `${home}/.aws/config`,
          AWS_CONTAINER_CREDENTIALS_FULL_URI: trap,
          AWS_EC2_METADATA_SERVICE_ENDPOINT: trap,
          AWS_ENDPOINT_URL: trap,
          AWS_ENDPOINT_URL_IDENTITYSTORE: trap,
          AWS_ENDPOINT_URL_STS: trap,
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
        },
      }
    },
    wrong: [[{ secretAccessKey: undefined }, 'protocol']],
    secret: 'secretAccessKey',
    vendors: [],
  },
  {
    type: 'AZURE_AD',
    start: () => startFakeGraph(),
    poisonOf: (home, trap) => ({
      files: {
        '.azure/accessTokens.json': '[{"accessToken":"rival-token","tokenType":"Bearer"}]',
        '.azure/msal_token_cache.json': '{"AccessToken":{"rival":{"secret":"rival-token"}}}',
      },
      environment: {
        AZURE_CONFIG_DIR: `${home}/.azure`,
        AZURE_TENANT_ID: 'rival-tenant',
        AZURE_CLIENT_ID: 'rival-client',
        AZURE_CLIENT_SECRET: 'rival-secret',
        AZURE_AUTHORITY_HOST: trap,
        MSAL_FORCE_REGION: 'TryAutoDetect',
        REGION_NAME: 'rivalregion',
        IDENTITY_ENDPOINT: trap,
        IDENTITY_HEADER: 'rival-header',
        MSI_ENDPOINT: trap,
        MSI_SECRET: 'rival-secret',
        AZURE_POD_IDENTITY_AUTHORITY_HOST: trap,
      },
    }),
    wrong: [[{ clientSecret: undefined }, 'configuration']],
    secret: 'clientSecret',
    vendors: [],
  },
  {
    type: 'GOOGLE_WORKSPACE',
    start: () => startFakeGoogle(),
    poisonOf: (home, trap) => {
      const account = { type: 'service_account', client_email: 'other@rival.test', private_key: googleKey('other').pem }
      const file = '.config/gcloud/application_default_credentials.json'
      return {
        files: { [file]: JSON.stringify({ ...account, quota_project_id: 'rival', universe_domain: 'rival.test' }) },
        environment: {
          CLOUDSDK_CONFIG: `${home}/.config/gcloud`,
          GOOGLE_APPLICATION_CREDENTIALS: `${home}/${file}`,
          GOOGLE_CLOUD_UNIVERSE_DOMAIN: 'rival.test',
          GOOGLE_CLOUD_QUOTA_PROJECT: 'rival',
          GOOGLE_CLOUD_PROJECT: 'rival',
          GCLOUD_PROJECT: 'rival',
          GCE_METADATA_HOST: trap.replace('http://', ''),
          GOOGLE_API_USE_CLIENT_CERTIFICATE: 'true',
          GOOGLE_SDK_NODE_LOGGING: '*',
        },
      }
    },
    wrong: [
      [{ privateKey: 'none' }, 'protocol'],
      [{ serviceAccountEmail: 'x@y.test' }, 'credentials'],
    ],
    secret: 'privateKey',
    vendors: ['https://oauth2.googleapis.com', 'https://admin.googleapis.com'],
    loads: { some: /^googleapis\/.*admin\/directory_v1\.js$/, none: /^googleapis\/build\/src\/(?!apis\/admin\/)/ },
  },
  {
    type: 'OKTA',
    start: () => startFakeOkta(),
    poisonOf: (_home, trap) => {
      const text = `okta:\n  client:\n    orgUrl: ${trap}\n    token: rival-token\n    clientId: rival\n    scopes: okta.users.manage\n    authorizationMode: PrivateKey\n    privateKey: "{}"\n`
      const names = ['TOKEN', 'CLIENTID', 'SCOPES', 'PRIVATEKEY', 'KEYID', 'AUTHORIZATIONMODE']
      const named = names.flatMap((name) => [
        [`OKTA_CLIENT_${name}`, 'rival'],
        [`OKTA_TESTING_${name}`, 'true'],
      ])
      return {
        files: { '.okta/okta.yaml': text, 'okta.yaml': text },
        environment: { OKTA_CLIENT_ORGURL: trap, OKTA_TESTING_ORGURL: 'true', ...Object.fromEntries(named) },
      }
    },
    wrong: [
      [{ apiToken: undefined }, 'invalidValue'],
      [{ apiToken: undefined, clientId: 'mine' }, 'invalidValue'],
      [{ apiToken: undefined, privateKey: 'mine' }, 'invalidValue'],
      [{ domain: '' }, 'invalidValue'],
    ],
    secret: 'apiToken',
    vendors: [],
    loads: {
      some: /^@okta\/okta-sdk-nodejs\/src\/http\.js$/,
      none: /^@okta\/okta-sdk-nodejs\/.*(config-loader|collection|\/client\.js|generated\/apis)/,
    },
  },
]
