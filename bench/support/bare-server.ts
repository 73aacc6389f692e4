/**
 * The yardstick: Fastify and pg with one statement a request, no tenancy, no people, no events. Reads PORT and
 * DATABASE_URL (a database it may fill with a table of its own).
 */
import Fastify from 'fastify'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 16 })
await pool.query(`CREATE TABLE IF NOT EXISTS bare (id uuid PRIMARY KEY, user_name text UNIQUE, document jsonb)`)
const app = Fastify()
const insert = 'INSERT INTO bare VALUES ($1, $2, $3)'
app.post<{ Body: { userName: string } }>('/Users', async (request, reply) => {
  const id = crypto.randomUUID()
  await pool.query({ name: 'insert', text: insert, values: [id, request.body.userName, JSON.stringify(request.body)] })
  return reply.code(201).send({ ...request.body, id })
})
app.get<{ Params: { id: string } }>('/Users/:id', async (request, reply) => {
  const text = 'SELECT document::text FROM bare WHERE id = $1'
  const { rows } = await pool.query({ name: 'select', text, values: [request.params.id] })
  return reply.type('application/json').send(rows[0]?.document)
})
app.patch<{ Params: { id: string } }>('/Users/:id', async (request) => {
  const { rows } = await pool.query({
    name: 'read',
    text: 'SELECT document FROM bare WHERE id = $1',
    values: [request.params.id],
  })
  const document = { ...rows[0]?.document, active: !rows[0]?.document.active }
  await pool.query({
    name: 'update',
    text: 'UPDATE bare SET document = $2 WHERE id = $1',
    values: [request.params.id, JSON.stringify(document)],
  })
  return document
})
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
