import { enableCompileCache } from 'node:module'
import { configurationErrorExitCode, SettingsError } from '@muster/runtime/settings'
import { Command, CommanderError } from 'commander'
import { compileCache } from './compile-cache.ts'
import { readConfig, readConformanceSettings } from './config.ts'
import { errorText } from './error-text.ts'
import { say } from './terminal.ts'

const failureExitCode = 1
const usageExitCode = 2

// Each command loads what it needs when it runs: most need little.
enableCompileCache(compileCache)

const program = new Command('muster')
  .description('Directory sync you run yourself: SCIM 2.0 in, one clean stream of people, groups and events out.')
  .exitOverride()

program
  .command('up')
  .description('run everything here: Postgres, migrations, services; prints URLs and keys')
  .action(async () => (await import('./commands/up.ts')).up(readConfig()))

program
  .command('migrate')
  .description('bring the database to this release')
  .action(async () => (await import('./commands/migrate.ts')).migrate(readConfig()))

program
  .command('keys')
  .description('keys of the management API')
  .command('create')
  .description('make an operator key and print it, once')
  .option('--name <name>', 'what the key is for', 'operator')
  .option('--json', 'print JSON', false)
  .action(async (options) => (await import('./commands/create-key.ts')).createKey(readConfig(), options))

program
  .command('doctor')
  .description('check this installation and say what is missing')
  .option('--json', 'print JSON', false)
  .action(async (options) => (await import('./commands/doctor.ts')).doctor(readConfig(), options))

program
  .command('trigger')
  .description('have an event happen in a test directory of the installation that runs here')
  .argument('<event>', 'such as user.created, group.userAdded, syncFailed; something else prints all')
  .option('--email <address>', 'whose event it is')
  .option('--data <json>', 'what else is said about it')
  .option('--users <count>', 'make a test directory of so many people first')
  .option('--directory <id>', 'a test directory (directory_…); the newest unless given')
  .option('--organization <id>', 'an organization (org_…); the first one unless given')
  .action(async (event, options) => (await import('./commands/trigger.ts')).trigger(readConfig(), event, options))

program
  .command('listen')
  .description('send the events of the installation that runs here to a URL as webhooks, signed, from now on')
  .option('--forward-to <url>', 'where to, such as http://localhost:3000/webhooks')
  .option('--types <types>', 'only these event types, separated by commas')
  .option('--after <sequence>', 'the events behind this one instead of those to come')
  .option('--organization <id>', 'an organization (org_…); the first one unless given')
  .option('--print-secret', 'print the secret for checking signatures, and nothing else')
  .action(async (options) => (await import('./commands/listen.ts')).listen(readConfig(), options))

const audit = program.command('audit').description('the audit trails of the organizations')

audit
  .command('verify')
  .description('recompute the hash chain of every trail; exit code 1 when one is broken')
  .option('--organization <id>', 'only this organization (org_…)')
  .option('--expect <head>', 'what "muster audit head" once said of it: <sequence>:<hash>')
  .action(async (options) => {
    const { verifyAudit } = await import('./commands/audit.ts')
    process.exitCode = await verifyAudit(readConfig(), options)
  })

audit
  .command('head')
  .description('print the last sequence number and hash of every trail, to be kept elsewhere')
  .option('--organization <id>', 'only this organization (org_…)')
  .action(async (options) => (await import('./commands/audit.ts')).printAuditHeads(readConfig(), options))

const secrets = program.command('secrets').description('the keys that seal secrets (docs/operations/key-rotation.md)')

secrets
  .command('rewrap')
  .description('wrap the data keys of every organization by the current root key, the first of MUSTER_ROOT_KEYS')
  .action(async () => (await import('./commands/secrets.ts')).rewrap(readConfig()))

secrets
  .command('rotate')
  .description('give every organization another data key and seal its secrets by that; when broken off, run it again')
  .option('--force', 'replace also keys that are younger than an hour', false)
  .action(async (options) => (await import('./commands/secrets.ts')).rotate(readConfig(), options))

program
  .command('conformance')
  .description('try a SCIM server against the RFCs: any by its URL, without one this release on a throw-away database')
  .option('--url <url>', 'the SCIM base URL: what stands before /Users')
  .option('--token <token>', 'the bearer token (better in SCIM_TOKEN, where the list of processes does not show it)')
  .option('--profile <profile>', 'rfc: what the RFCs say; compatible: also what identity providers need', 'rfc')
  .option('--only <points>', 'points of the checklist, such as 83-97,107')
  .option('--level <level>', 'the least binding level: must, should, may or ours')
  .option('--parallel <checks>', 'checks at the same time', '1')
  .option('--timeout <seconds>', 'for each check', '30')
  .option('--json', 'print JSON')
  .option('--markdown', 'print Markdown')
  .option('--junit', 'print JUnit XML')
  .action(async (options) => {
    const { conformance } = await import('./commands/conformance.ts')
    process.exitCode = await conformance(readConformanceSettings(), options)
  })

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

function report(error: unknown): number {
  // commander has printed its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExitCode
  say(errorText(error))
  return error instanceof SettingsError ? configurationErrorExitCode : failureExitCode
}
