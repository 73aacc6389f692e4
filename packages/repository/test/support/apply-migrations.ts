import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { TestDatabase } from '@muster/testkit'
import type pg from 'pg'
import type { Test } from 'tap'
import { dropDatabase, provisionDatabase } from '../../src/index.ts'
import { connect } from './installation.ts'

const folder = new URL('../../../../migrations/', import.meta.url)

/** An empty database that is migrated file by file, for putting rows of an older release into it in between. */
export async function migrateBy(
  t: Test,
  testDatabase: TestDatabase,
): Promise<{ databaseUrl: string; superuser: pg.Client; migrateTo: (number: string) => Promise<void> }> {
  const { superuserUrl } = testDatabase
  const name = `test_${process.pid}_${randomBytes(6).toString('hex')}`
  t.teardown(() => dropDatabase({ superuserUrl, name }))
  const login = (url: string) => ({ name: new URL(url).username, password: new URL(url).password })
  const app = login(testDatabase.databaseUrl)
  const owner = login(testDatabase.migrationDatabaseUrl)
  const urls = await provisionDatabase({ superuserUrl, database: name, owner, app })
  const client = await connect(t, urls.migrationDatabaseUrl)
  await client.query('CREATE TABLE kysely_migration (name text)')
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()
  return {
    databaseUrl: urls.databaseUrl,
    superuser: await connect(t, Object.assign(new URL(superuserUrl), { pathname: `/${name}` }).href),
    async migrateTo(number) {
      while (files[0] !== undefined && files[0].slice(0, 4) <= number) {
        const text = await readFile(new URL(files.shift() ?? '', folder), 'utf8')
        await client.query(text.replaceAll(':"app_role"', `"${app.name}"`))
      }
    },
  }
}
