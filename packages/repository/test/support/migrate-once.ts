import { migrate } from '../../src/index.ts'

/** A process of its own that migrates: `node migrate-once.ts <migration URL> <role>`; prints what it applied. */
const [migrationDatabaseUrl = '', appRole = ''] = process.argv.slice(2)
const { applied } = await migrate({ migrationDatabaseUrl, appRole })
process.stdout.write(JSON.stringify(applied))
