import { newSecretKey } from '@muster/runtime/secret-box'
import t from 'tap'
import {
  countWrappedKeys,
  createDirectory,
  createHook,
  createWebhook,
  openDirectoryConfig,
  openHookSecrets,
  type RootKeys,
  read,
  rewrapEveryKey,
  rotateEverySecret,
  rotateWebhookSecret,
  sealDirectoryConfig,
  transact,
} from '../src/index.ts'
import { sealedTables } from '../src/organizations/sealed-columns.ts'
import { cause } from './support/directory.ts'
import { connect, openInstallation } from './support/installation.ts'

async function sum(changes: AsyncIterable<{ changed: number }>): Promise<number> {
  let total = 0
  for await (const { changed } of changes) total += changed
  return total
}

t.test('root keys and data keys are exchanged while services work; nothing is lost on the way', async (t) => {
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  const superuser = await connect(t, testDatabase.superuserUrl)
  const { rows: columns } = await superuser.query(
    `SELECT table_name AS table, column_name AS column FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name LIKE 'sealed\\_%' AND table_name <> 'data_keys'`,
  )
  const rotated = sealedTables.flatMap(({ table, columns }) => Object.keys(columns).map((name) => `${table}.${name}`))
  t.strictSame(columns.map(({ table, column }) => `${table}.${column}`).sort(), rotated.sort(), 'every sealed column')

  const [scope, other] = [await addOrganization('One'), await addOrganization('Two')]
  await addOrganization('Without secrets')
  const old = newSecretKey('root-1')
  const oldKeys: RootKeys = [old]
  const run = <T>(work: Parameters<typeof transact<T>>[3], of = scope) => transact(database, of, cause, work)
  const draft = { name: 'L', type: 'LDAP', scimProfile: 'compatible' } as const
  const seal = (of = scope) =>
    run(async (tx) => {
      const { directoryId } = await createDirectory(tx, draft)
      await sealDirectoryConfig(tx, oldKeys, directoryId, { password: 'correct horse' })
      return directoryId
    }, of)
  const directoryId = await seal()
  await seal(other)
  const hook = { kind: 'after_create', url: 'https://a.test', policy: 'proceed', secret: 'whsec_hook' } as const
  const { hookId } = await run((tx) => createHook(tx, oldKeys, hook))
  const { endpointId } = await run((tx) =>
    createWebhook(tx, oldKeys, { url: 'https://a.test', secret: 'whsec_first', after: 0 }),
  )
  await run((tx) => rotateWebhookSecret(tx, oldKeys, endpointId, { secret: 'whsec_second', overlapSeconds: 600 }))

  const current = newSecretKey('root-2')
  const both: RootKeys = [current, old]
  t.same([...(await countWrappedKeys(database))], [['root-1', 2]])
  t.equal(await sum(rewrapEveryKey(database, both)), 2)
  t.equal(await sum(rewrapEveryKey(database, both)), 0, 'once is enough')
  t.same([...(await countWrappedKeys(database))], [['root-2', 2]])
  await t.rejects(sum(rewrapEveryKey(database, oldKeys)), { name: 'SecretBoxError' }, 'a missing root key')

  const keys: RootKeys = [current]
  t.equal(
    await sum(rotateEverySecret(database, keys)),
    0,
    'keys of this hour stay: a rotation may have been broken off',
  )
  await superuser.query("UPDATE data_keys SET created_at = now() - interval '2 hours'")
  const isOpen = async () => {
    const [config, secrets] = await read(database, scope, async (reader) => [
      await openDirectoryConfig(reader, keys, directoryId),
      await openHookSecrets(reader, keys, hookId),
    ])
    t.strictSame({ config, secrets }, { config: { password: 'correct horse' }, secrets: ['whsec_hook'] })
  }
  // Broken off behind the first organization, with a directory made meanwhile by a service.
  const first = await rotateEverySecret(database, keys).next()
  const late = await run(async (tx) => {
    const { directoryId } = await createDirectory(tx, draft)
    await sealDirectoryConfig(tx, keys, directoryId, { password: 'late' })
    return directoryId
  })
  await isOpen()
  const rest = await sum(rotateEverySecret(database, keys))
  t.equal(Number(first.value?.changed) + rest, 5, 'two configurations, a hook, two secrets of an endpoint')
  await isOpen()
  t.same(await read(database, scope, (reader) => openDirectoryConfig(reader, keys, late)), { password: 'late' })
  const countKeys = async () => (await superuser.query('SELECT FROM data_keys')).rowCount
  t.equal(await sum(rotateEverySecret(database, keys, { isForced: true })), 6)
  await isOpen()
  t.equal(await sum(rotateEverySecret(database, keys)), 0)
  t.equal(await countKeys(), 2, 'keys that seal nothing are dropped in the end')
  await isOpen()
})
