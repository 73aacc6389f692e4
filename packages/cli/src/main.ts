import { configurationErrorExitCode, SettingsError } from '@muster/runtime/settings'
import { Command, CommanderError } from 'commander'
import { createKey } from './commands/create-key.ts'
import { doctor } from './commands/doctor.ts'
import { migrate } from './commands/migrate.ts'
import { up } from './commands/up.ts'
import { readConfig } from './config.ts'
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
