import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SettingsError } from '@muster/runtime/settings'
import t from 'tap'
import { compileCache } from '../src/compile-cache.ts'
import { assertEmbeddedAllowed, type Config, readConfig } from '../src/config.ts'
import type { Secrets } from '../src/secrets.ts'
import { serviceEnvironment } from '../src/services.ts'

function violationsOf(read: () => unknown): readonly string[] {
  try {
    read()
  } catch (error) {
    if (error instanceof SettingsError) return error.violations
    throw error
  }
  return []
}

t.test('every violation is reported at once', async (t) => {
  t.same(
    violationsOf(() => readConfig({})),
    [],
  )
  t.match(
    violationsOf(() =>
      readConfig({
        SCIM_PORT: '70000',
        LOG_LEVEL: 'loud',
        MUSTER_ROOT_KEYS: 'short',
        DATABASE_URL: 'postgres://h/d',
        MUSTER_TOKEN_PEPPER: 'x'.repeat(40),
        MUSTER_TOKEN_PEPPER_FILE: '/nowhere',
      }),
    ).join('\n'),
    /belong together.*SCIM_PORT.*TOKEN_PEPPER_FILE are both set.*ROOT_KEYS must be.*LOG_LEVEL must be/s,
  )
  t.match(
    violationsOf(() => readConfig({ SCIM_PORT: '7644' })),
    [/must differ/],
  )
})

t.test('the embedded Postgres is not for production', async (t) => {
  const urls = { DATABASE_URL: 'postgres://a@h/d', MIGRATION_DATABASE_URL: 'postgres://o@h/d' }
  t.match(
    violationsOf(() => assertEmbeddedAllowed(readConfig({ NODE_ENV: 'production' }))),
    [/DATABASE_URL/],
  )
  t.same(
    violationsOf(() => assertEmbeddedAllowed(readConfig({ NODE_ENV: 'production', ...urls }))),
    [],
  )
  t.same(
    violationsOf(() => assertEmbeddedAllowed(readConfig({}))),
    [],
  )
})

t.test('a service is told what it needs and nothing that contradicts it', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'muster-config-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const file = join(folder, 'level')
  await writeFile(file, 'debug\n')
  const config: Config = readConfig({
    PATH: '/bin',
    LOG_LEVEL_FILE: file,
    DATABASE_URL: 'postgres://app@h/d',
    MIGRATION_DATABASE_URL: 'postgres://owner@h/d',
    MUSTER_ROOT_KEYS: `k:${Buffer.alloc(32).toString('base64')}`,
  })
  const secrets: Secrets = {
    tokenPepper: 'pepper',
    rootKeys: 'keys',
    internalSecret: 'internal',
    ownerPassword: 'o',
    appPassword: 'a',
  }
  t.same(serviceEnvironment('scim', config, secrets, 'postgres://app@h/d'), {
    PATH: '/bin',
    LOG_LEVEL: 'debug',
    DATABASE_URL: 'postgres://app@h/d',
    MUSTER_TOKEN_PEPPER: 'pepper',
    SCIM_BASE_URL: 'http://127.0.0.1:7643',
    SCIM_PORT: '7643',
    NODE_COMPILE_CACHE: compileCache,
  })
  t.match(serviceEnvironment('poller', config, secrets, ''), {
    MUSTER_INTERNAL_SECRET: 'internal',
    MUSTER_ROOT_KEYS: 'keys',
    OUTBOUND_ALLOWED_HOSTS: 'localhost,127.0.0.0/8,::1/128',
    POLLER_PORT: '7645',
  })
  t.notMatch(serviceEnvironment('poller', config, secrets, ''), { MUSTER_TOKEN_PEPPER: String })
  const hostsOf = (environment: NodeJS.ProcessEnv) =>
    serviceEnvironment('admin', readConfig(environment), secrets, '').OUTBOUND_ALLOWED_HOSTS
  t.equal(hostsOf({ NODE_ENV: 'production' }), '', 'in production nothing private is called')
  t.equal(hostsOf({ OUTBOUND_ALLOWED_HOSTS: 'hooks.test, 10.0.0.0/8' }), 'hooks.test,10.0.0.0/8')
  t.match(
    violationsOf(() => readConfig({ OUTBOUND_ALLOWED_HOSTS: 'hooks.test,https://hooks.test' })),
    [/OUTBOUND_ALLOWED_HOSTS .*number 2 is none/],
  )
})
