import { randomBytes } from 'node:crypto'
import {
  authenticateApiKey,
  chooseOrganization,
  createDirectory,
  createOperatorKey,
  createOrganization,
  openDatabase,
  sealDirectoryConfig,
  transact,
} from '@muster/repository'
import { parseRootKeys } from '@muster/runtime/secret-box'
import { createTestDatabase } from '@muster/testkit'
import t from 'tap'
import { readConfig } from '../src/config.ts'
import { openDataFolder } from '../src/data-folder.ts'
import { runChecks } from '../src/diagnosis.ts'
import { makeSite, run } from './support/installation.ts'

const rootKey = (id: string) => `${id}:${randomBytes(32).toString('base64')}`

t.test('secrets rewrap and rotate, and doctor says when it is time', async (t) => {
  const { databaseUrl, migrationDatabaseUrl } = await createTestDatabase(t)
  const [old, current] = [rootKey('old'), rootKey('new')]
  const database = openDatabase({ url: databaseUrl, connectionsMax: 1 })
  t.teardown(() => database.close())
  const hash = randomBytes(32)
  await createOperatorKey({ migrationDatabaseUrl, name: 'test', hash, hint: '' })
  const operator = await authenticateApiKey(database, hash)
  if (operator?.role !== 'OPERATOR') throw new Error('The operator key does not work')
  const { organizationId } = await createOrganization(database, operator.right, { name: 'Acme' })
  const scope = await chooseOrganization(database, operator.right, organizationId)
  if (scope === undefined) throw new Error('The organization is missing')
  await transact(database, scope, { kind: 'system', id: 'test' }, async (tx) => {
    const { directoryId } = await createDirectory(tx, { name: 'L', type: 'LDAP', scimProfile: 'compatible' })
    await sealDirectoryConfig(tx, parseRootKeys(old), directoryId, { password: 'correct horse' })
  })

  const site = await makeSite(t)
  const urls = { DATABASE_URL: databaseUrl, MIGRATION_DATABASE_URL: migrationDatabaseUrl }
  const environmentWith = (rootKeys: string) => ({ ...site.environment, ...urls, MUSTER_ROOT_KEYS: rootKeys })
  const muster = (rootKeys: string, ...options: string[]) =>
    run({ ...site, environment: environmentWith(rootKeys) }, ...options)
  const findings = async (rootKeys: string) => {
    const folder = await openDataFolder(site.dataDir)
    const found = await runChecks({ config: readConfig(environmentWith(rootKeys)), folder, connection: undefined })
    return found.find(({ name }) => name === 'Root keys')
  }

  t.match(await findings(old), { status: 'ok', detail: /under old$/ })
  t.match(await findings(current), { status: 'failed', detail: /lacks old/ })
  t.match(await muster(current, 'secrets', 'rewrap'), { code: 1, stderr: /No key "old"/ })
  t.match(await findings(`${current},${old}`), { status: 'warning', detail: /old \(1 data keys\).*secrets rewrap/ })
  const rewrapped = await muster(`${current},${old}`, 'secrets', 'rewrap')
  t.match(rewrapped, { code: 0, stdout: '1 data keys wrapped anew, of 1 organizations.\n', stderr: '' })
  t.match(await findings(current), { status: 'ok', detail: /under new$/ })
  t.match(await muster(current, 'secrets', 'rotate'), { code: 0, stdout: /^0 secrets sealed anew/ })
  t.match(await muster(current, 'secrets', 'rotate', '--force'), { code: 0, stdout: /^1 secrets sealed anew/ })
})
