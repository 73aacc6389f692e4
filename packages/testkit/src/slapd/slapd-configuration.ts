import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { moduleFolder, schemaFolder } from './slapd-programs.ts'
import type { TestAuthority } from './test-authority.ts'

/** What a test says about its server; see slapd.conf(5), slapd.access(5). */
export interface SlapdOptions {
  /** The tree, as LDIF. */
  ldif: string
  /** `dc=example,dc=test` without it. */
  suffix?: string
  /** Definitions of schema, beyond the common ones: of the test's own, or as `readSchema` reads them. */
  definitions?: readonly string[]
  /** `access to …` lines in order; everybody bound reads everything without them. */
  acl?: readonly string[]
  /** `limits …` and `sizelimit …` lines. */
  limits?: readonly string[]
  /**
   * What keeps memberships in order when entries move or go, and does so a moment behind the change; both without it.
   * Neither marks a group as changed.
   */
  overlays?: readonly (keyof typeof overlays)[]
  /** More of the root entry, as LDIF lines without a dn. */
  rootEntry?: readonly string[]
}

export const defaultSuffix = 'dc=example,dc=test'
/** Who may do everything. */
export const manager = { name: 'cn=manager', password: 'manager-secret' } as const

const schemas = ['core', 'cosine', 'inetorgperson', 'nis']
const overlays = {
  memberof: ['overlay memberof'],
  refint: ['overlay refint', 'refint_attributes member uniqueMember manager'],
} as const
const modules = ['back_mdb', ...Object.keys(overlays)]
const openToAll = ['access to attrs=userPassword by anonymous auth by * none', 'access to * by users read']

/** The text of a slapd.conf for a folder. */
export function slapdConfiguration(folder: string, options: SlapdOptions, authority: TestAuthority): string {
  const { files } = authority
  const suffix = options.suffix ?? defaultSuffix
  const lines = [
    ...schemas.map((name) => `include ${schemaPath(name)}`),
    ...(options.definitions ?? []),
    `modulepath ${moduleFolder}`,
    ...modules.filter((name) => existsSync(join(moduleFolder, `${name}.so`))).map((name) => `moduleload ${name}`),
    `TLSCACertificateFile ${files.authority}`,
    `TLSCertificateFile ${files.certificate}`,
    `TLSCertificateKeyFile ${files.key}`,
    ...(options.rootEntry === undefined ? [] : [`rootDSE ${rootEntryFile(folder)}`]),
    ...(options.limits ?? []).filter((line) => line.startsWith('sizelimit')),
    'database mdb',
    'maxsize 268435456',
    `suffix "${suffix}"`,
    `rootdn "${manager.name},${suffix}"`,
    `rootpw ${manager.password}`,
    `directory ${databaseFolder(folder)}`,
    'dbnosync',
    'index objectClass,entryUUID,member eq',
    ...(options.limits ?? []).filter((line) => line.startsWith('limits')),
    ...(options.acl ?? openToAll),
    ...(options.overlays ?? (['memberof', 'refint'] as const)).flatMap((overlay) => overlays[overlay]),
  ]
  return `${lines.join('\n')}\n`
}

/** The text of a schema that comes with OpenLDAP: `msuser` has what Active Directory names. */
export function readSchema(name: string): Promise<string> {
  return readFile(schemaPath(name), 'utf8')
}

function schemaPath(name: string): string {
  return join(schemaFolder, `${name}.schema`)
}

export function databaseFolder(folder: string): string {
  return join(folder, 'database')
}

export function rootEntryFile(folder: string): string {
  return join(folder, 'root.ldif')
}
