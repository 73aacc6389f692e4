import { type AuditHead, auditFaults, listAuditHeads, verifyAuditTrails } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { fromTypeId } from '@muster/runtime/type-ids'
import type { Config } from '../config.ts'
import { withInstallationDatabase } from '../installation-database.ts'
import { print } from '../terminal.ts'

interface Options {
  /** As it is shown: `org_…`. */
  organization?: string
}

/**
 * Verifies the audit trails of the installation and prints a line for each. Answers with the exit code: 1 when one is
 * broken. `expect`: a head of the one organization, as `printAuditHeads` prints it.
 * Throws `unavailable` without an installation, `invalidValue` for options that say nothing, `notFound`.
 */
export async function verifyAudit(config: Config, options: Options & { expect?: string }): Promise<number> {
  const organizationId = readOrganization(options)
  const expected = readExpectation(options)
  return withInstallationDatabase(config, async (database) => {
    let [trails, broken] = [0, 0]
    for await (const { organizationId: id, name, found } of verifyAuditTrails(database, organizationId, expected)) {
      trails++
      if (found.broken !== undefined) {
        broken++
        print(`BROKEN  ${id} (${name}): entry ${found.broken.sequence}: ${auditFaults[found.broken.fault]}`)
      } else print(`ok      ${id} (${name}): ${found.entries} entries`)
    }
    assertFound(trails, options)
    return broken === 0 ? 0 : 1
  })
}

/** Prints the head of each audit trail: organization, a space, `<sequence>:<hash>`. Throws as `verifyAudit` does. */
export async function printAuditHeads(config: Config, options: Options): Promise<void> {
  const organizationId = readOrganization(options)
  await withInstallationDatabase(config, async (database) => {
    let trails = 0
    for await (const { organizationId: id, found } of listAuditHeads(database, organizationId)) {
      trails++
      print(`${id} ${found === undefined ? 'none' : `${found.sequence}:${found.hash}`}`)
    }
    assertFound(trails, options)
  })
}

function readOrganization({ organization }: Options): string | undefined {
  if (organization === undefined) return undefined
  const uuid = fromTypeId('organization', organization)
  if (uuid === undefined) throw new MusterError('invalidValue', '--organization is the id of one: org_…')
  return uuid
}

function readExpectation({ organization, expect }: Options & { expect?: string }): AuditHead | undefined {
  if (expect === undefined) return undefined
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(expect) ?? []
  if (sequence === undefined || hash === undefined) {
    throw new MusterError('invalidValue', '--expect is what "muster audit head" printed: <sequence>:<hash>')
  }
  if (organization === undefined) throw new MusterError('invalidValue', '--expect is about one --organization.')
  return { sequence: Number(sequence), hash }
}

function assertFound(trails: number, { organization }: Options): void {
  if (trails === 0 && organization !== undefined) throw new MusterError('notFound', `There is no ${organization}.`)
}
