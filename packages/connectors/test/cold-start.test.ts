import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import type { ConnectorType } from '../src/index.ts'
import { connectors } from '../src/registry.ts'

const run = promisify(execFile)
const child = fileURLToPath(new URL('./support/loaded-packages.ts', import.meta.url))

/** What SDKs of vendors are made of, and what only they bring along. */
const vendors: Record<ConnectorType, RegExp> = {
  LDAP: /^ldapts$|^asn1/,
  AWS_DIRECTORY: /^@aws|^@smithy/,
  AZURE_AD: /^@azure/,
  GOOGLE_WORKSPACE: /^google|^gaxios|^gcp-metadata|^gtoken/,
  OKTA: /^@okta/,
}

const privateKey = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey

/** A configuration of each that opens. */
const configs: Record<ConnectorType, Record<string, unknown>> = {
  LDAP: { host: 'ldap.acme.test', ssl: true, bindDN: 'cn=a,dc=x', bindPassword: 'b', baseDN: 'dc=x' },
  AWS_DIRECTORY: {
    accessKeyId: 'AKIAFAKEIDENTITY1234',
    secretAccessKey: 'secret',
    region: 'eu-central-1',
    identityStoreId: 'd-99672ab34f',
  },
  AZURE_AD: {
    tenantId: '6e7b768e-07e2-4810-8459-485f84f8f204',
    clientId: '7e7b768e-07e2-4810-8459-485f84f8f204',
    clientSecret: 'secret',
  },
  GOOGLE_WORKSPACE: {
    serviceAccountEmail: 'muster@acme.iam.gserviceaccount.com',
    privateKey,
    delegatedAdminEmail: 'admin@acme.test',
    domain: 'acme.test',
  },
  OKTA: { domain: 'acme.okta.com', apiToken: '00token-of-acme-0000000000000000000000000' },
}

/** After each step, the packages of vendors that are loaded. */
async function loadedBy(steps: readonly object[]): Promise<string[][]> {
  const { stdout } = await run(process.execPath, [child, JSON.stringify(steps)])
  const isVendor = (name: string) => Object.values(vendors).some((vendor) => vendor.test(name))
  return stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as string[]).filter(isVendor))
}

t.test('who does not read a directory loads no SDK, who does loads one', async (t) => {
  const types = Object.keys(connectors) as ConnectorType[]
  t.ok(types.includes('AWS_DIRECTORY') && types.includes('LDAP'))
  const services = await loadedBy([
    { module: '@muster/connectors' },
    { module: '../../../../services/poller/src/worker.ts' },
    { module: '../../../../services/poller/src/app.ts' },
  ])
  t.strictSame(services.flat(), [], 'neither the package nor the poller, before a read')
  await Promise.all(
    types.map(async (type) => {
      const [opened] = await loadedBy([{ open: { type, config: configs[type] } }])
      t.ok(
        opened?.some((name) => vendors[type].test(name)),
        `${type} loads its own`,
      )
      t.strictSame(
        opened?.filter((name) => !vendors[type].test(name)),
        [],
        type,
      )
    }),
  )
})
