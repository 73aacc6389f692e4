import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What a test of a real OpenLDAP needs (Debian: slapd, ldap-utils, openssl). */
const programs = ['slapd', 'slapadd', 'ldapmodify', 'openssl'] as const
export type SlapdProgram = (typeof programs)[number]

/** Where Debian keeps servers, which is in the path of root only. */
const moreFolders = ['/usr/sbin', '/usr/local/sbin', '/usr/libexec']

export const schemaFolder = '/etc/ldap/schema'
export const moduleFolder = '/usr/lib/ldap'

/**
 * The reason to skip a test when OpenLDAP is not installed, for tap's `skip`; false when it is. Where it is required
 * (MUSTER_REQUIRE_SLAPD=1, as in CI) a missing one is an error.
 */
export function slapdIsMissing(): string | false {
  const missing = [
    ...programs.filter((program) => find(program) === undefined),
    ...[schemaFolder, moduleFolder].filter((folder) => !existsSync(folder)),
  ]
  if (missing.length === 0) return false
  const message = `OpenLDAP is NOT TESTED: ${missing.join(', ')} not found (apt-get install slapd ldap-utils openssl)`
  if (process.env.MUSTER_REQUIRE_SLAPD === '1') throw new Error(message)
  return message
}

/** @throws Error when it is not installed */
export function pathOf(program: SlapdProgram): string {
  const path = find(program)
  if (path === undefined) throw new Error(`${program} is not installed`)
  return path
}

function find(program: SlapdProgram): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...moreFolders]
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path))
}
