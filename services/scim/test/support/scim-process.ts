/** The SCIM service over the database of a test (`DATABASE_URL`), for tests of other services: says on standard output where it listens. */
import { openDatabase } from '@muster/repository'
import { createLogger } from '@muster/runtime/logger'
import { buildApp } from '../../src/app.ts'

const database = openDatabase({ url: process.env.DATABASE_URL ?? '' })
const logger = createLogger({ service: 'scim', level: 'silent' })
const pepper = 'a pepper for tests, of at least thirty-two characters'
const { app } = await buildApp({ database, pepper, publicUrl: 'http://127.0.0.1', shedsLoad: false, logger })
process.stdout.write(await app.listen({ port: 0, host: '127.0.0.1' }))
