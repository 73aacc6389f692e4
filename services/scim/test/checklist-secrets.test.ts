import pg from 'pg'
import t from 'tap'
import { startDirectory } from './support/installation.ts'
import { isScimError } from './support/is-scim-error.ts'
import { call, urns } from './support/scim-client.ts'

/** Every row of every table of the database as one text, read as superuser. */
async function readEverything(superuserUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: superuserUrl })
  await client.connect()
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    )
    const texts: string[] = []
    for (const { name } of tables) {
      const { rows } = await client.query<{ text: string }>(`SELECT one::text AS text FROM ${name} AS one`)
      texts.push(...rows.map(({ text }) => text))
    }
    return texts.join('\n')
  } finally {
    await client.end()
  }
}

t.test('#34 #118 passwords and tokens are nowhere in the database, whichever request brought them', async (t) => {
  const { installation, client } = await startDirectory(t)
  const password = 'Tr0ub4dor & three'
  const schemas = [urns.user]
  const id = await client.addUser('jane', { password })
  await client.send('PUT', `/Users/${id}`, { schemas, userName: 'jane', displayName: 'stored', password })
  await client.patch(`/Users/${id}`, { op: 'replace', path: 'password', value: password })
  await client.patch(`/Users/${id}`, { op: 'replace', value: { password, title: 'stored as well' } })
  await client.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: password })
  await client.send('POST', '/Users', { schemas, userName: 'jane', password })
  await client.send('POST', '/Users', `{"schemas":["${urns.user}"],"password":"${password}"`)
  const everything = await readEverything(installation.testDatabase.superuserUrl)
  t.match(everything, /stored as well/, 'the tables were read')
  t.notOk(everything.includes(password), 'no password')
  t.notOk(everything.includes(client.token), 'no token')
  t.notOk(installation.logLines.some((line) => line.includes(password) || line.includes(client.token)))
})

t.test('#22 a token is taken from the header only', async (t) => {
  const { client } = await startDirectory(t)
  for (const query of [`access_token=${client.token}`, `token=${client.token}`]) {
    isScimError(t, await call(`${client.baseUrl}/Users?${query}`, 'GET'), 401, undefined, query.split('=')[0])
  }
  const headers = { cookie: `access_token=${client.token}`, 'x-api-key': client.token }
  isScimError(t, await call(`${client.baseUrl}/Users`, 'GET', { headers }), 401)
  t.equal((await client.get('/Users')).status, 200)
})
