import { MusterError } from '@muster/runtime/errors'
import type { Config } from '../config.ts'
import { readConnection } from '../connection.ts'
import { openDataFolder } from '../data-folder.ts'
import { type Finding, runChecks } from '../diagnosis.ts'
import { print } from '../terminal.ts'

const marks = { ok: 'ok     ', warning: 'warning', failed: 'FAILED ' } as const satisfies Record<
  Finding['status'],
  string
>

/**
 * Checks the installation that the settings describe and prints a line (or a JSON object) a check.
 * Throws `unavailable` when something is broken; warnings, such as what is not fit for production, are no failure.
 */
export async function doctor(config: Config, options: { json: boolean }): Promise<void> {
  const folder = await openDataFolder(config.dataDir)
  const findings = await runChecks({ config, folder, connection: await readConnection(folder) })
  if (options.json) print(JSON.stringify(findings, undefined, 2))
  else for (const { status, name, detail } of findings) print(`${marks[status]}  ${name}: ${detail}`)
  const failed = findings.filter(({ status }) => status === 'failed').length
  if (failed > 0) throw new MusterError('unavailable', `${failed} of ${findings.length} checks failed.`)
}
