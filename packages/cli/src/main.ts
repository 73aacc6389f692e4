import { configurationErrorExitCode, SettingsError } from '@muster/runtime/settings'
import { Command, CommanderError } from 'commander'
import { printAuditHeads, verifyAudit } from './commands/audit.ts'
import { conformance } from './commands/conformance.ts'
import { createKey } from './commands/create-key.ts'
import { doctor } from './commands/doctor.ts'
import { migrate } from './commands/migrate.ts'
import { up } from './commands/up.ts'
import { readConfig, readConformanceSettings } from './config.ts'
import { errorText } from './error-text.ts'
import { say } from './terminal.ts'

const failureExitCode = 1
const usageExitCode = 2

const program = new Command('muster')
  .description('Directory sync you run yourself: SCIM 2.0 in, one clean stream of people, groups and events out.')
  .exitOverride()

program
  .command('up')
  .description('run everything here: Postgres, migrations, services; prints URLs and keys')
  .action(() => up(readConfig()))

program
  .command('migrate')
  .description('bring the database to this release')
  .action(() => migrate(readConfig()))

program
  .command('keys')
  .description('keys of the management API')
  .command('create')
  .description('make an operator key and print it, once')
  .option('--name <name>', 'what the key is for', 'operator')
  .option('--json', 'print JSON', false)
  .action((options) => createKey(readConfig(), options))

program
  .command('doctor')
  .description('check this installation and say what is missing')
  .option('--json', 'print JSON', false)
  .action((options) => doctor(readConfig(), options))

const audit = program.command('audit').description('the audit trails of the organizations')

audit
  .command('verify')
  .description('recompute the hash chain of every trail; exit code 1 when one is broken')
  .option('--organization <id>', 'only this organization (org_…)')
  .option('--expect <head>', 'what "muster audit head" once said of it: <sequence>:<hash>')
  .action(async (options) => {
    process.exitCode = await verifyAudit(readConfig(), options)
  })

audit
  .command('head')
  .description('print the last sequence number and hash of every trail, to be kept elsewhere')
  .option('--organization <id>', 'only this organization (org_…)')
  .action((options) => printAuditHeads(readConfig(), options))

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
