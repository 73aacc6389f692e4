import { randomBytes } from 'node:crypto'
import { authenticateApiKey, createOperatorKey, createOrganization, openDatabase } from '@muster/repository'
import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import { createTestDatabase, type TestDatabase } from '@muster/testkit'
import pg from 'pg'
import t, { type Test } from 'tap'
import { printAuditHeads, verifyAudit } from '../src/commands/audit.ts'
import { readConfig } from '../src/config.ts'
import { makeSite, run } from './support/installation.ts'

async function addOrganizations(t: Test, { databaseUrl, migrationDatabaseUrl }: TestDatabase, ...names: string[]) {
  const hash = randomBytes(32)
  await createOperatorKey({ migrationDatabaseUrl, name: 'test', hash, hint: '' })
  const database = openDatabase({ url: databaseUrl, connectionsMax: 1 })
  t.teardown(() => database.close())
  const operator = await authenticateApiKey(database, hash)
  if (operator?.role !== 'OPERATOR') throw new Error('The operator key does not work')
  const { right } = operator
  return Promise.all(
    names.map(async (name) => {
      const { organizationId } = await createOrganization(database, right, { name })
      return { uuid: organizationId, id: toTypeId('organization', organizationId) }
    }),
  )
}

t.test('heads are printed, trails verified, broken ones named', async (t) => {
  const testDatabase = await createTestDatabase(t)
  const { databaseUrl, migrationDatabaseUrl, superuserUrl } = testDatabase
  const [acme, other] = await addOrganizations(t, testDatabase, 'Acme', 'Other')
  if (acme === undefined || other === undefined) throw new Error('The organizations are missing')
  const plain = await makeSite(t)
  const environment = { ...plain.environment, DATABASE_URL: databaseUrl, MIGRATION_DATABASE_URL: migrationDatabaseUrl }
  const audit = (...options: string[]) => run({ ...plain, environment }, 'audit', ...options)

  const heads = await audit('head')
  t.match(heads, { code: 0, stderr: '' })
  const lines = heads.stdout.trimEnd().split('\n')
  t.equal(lines.length, 2)
  for (const line of lines) t.match(line, /^org_\w{26} 1:[0-9a-f]{64}$/)
  const [, head = ''] = lines.find((line) => line.startsWith(acme.id))?.split(' ') ?? []
  t.same((await audit('head', '--organization', acme.id)).stdout, `${acme.id} ${head}\n`)
  const whole = await audit('verify')
  t.match(whole, { code: 0, stderr: '' })
  t.same(whole.stdout.split('\n').sort(), [
    '',
    `ok      ${acme.id} (Acme): 1 entries`,
    `ok      ${other.id} (Other): 1 entries`,
  ])
  t.match(await audit('verify', '--organization', acme.id, '--expect', head), { code: 0 })
  const later = `2:${head.slice(2)}`
  const cut = await audit('verify', '--organization', acme.id, '--expect', later)
  t.match(cut, { code: 1, stdout: `BROKEN  ${acme.id} (Acme): entry 2: The entry with this number is missing.\n` })

  const superuser = new pg.Client({ connectionString: superuserUrl })
  await superuser.connect()
  t.teardown(() => superuser.end())
  await superuser.query("UPDATE audit_entries SET action = 'x' WHERE organization_id = $1", [other.uuid])
  const broken = await audit('verify')
  t.equal(broken.code, 1)
  t.match(
    broken.stdout,
    `BROKEN  ${other.id} (Other): entry 1: The columns of this entry do not say what its text says.`,
  )
  t.match(broken.stdout, `ok      ${acme.id}`)
  t.match(await audit('verify', '--organization', acme.id), { code: 0 })

  const config = readConfig(environment)
  const nobody = toTypeId('organization', newUuid())
  for (const [ask, message] of [
    [() => verifyAudit(config, { organization: 'acme' }), /--organization is the id of one/],
    [() => verifyAudit(config, { organization: nobody }), /There is no org_/],
    [() => printAuditHeads(config, { organization: nobody }), /There is no org_/],
    [() => verifyAudit(config, { expect: head }), /about one --organization/],
    [() => verifyAudit(config, { organization: acme.id, expect: 'x' }), /<sequence>:<hash>/],
  ] as const) {
    await t.rejects(async () => void (await ask()), { message })
  }
  t.match(await run(plain, 'audit', 'verify'), { code: 1, stderr: /no installation/ }, 'without a database')
})
