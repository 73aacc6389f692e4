import { X509Certificate } from 'node:crypto'
import { createRequire } from 'node:module'
import { refusedField } from '../config-field.ts'
import type { LdapConfig } from './config.ts'
import { normaliseDistinguishedName } from './distinguished-name.ts'

/** The library is loaded with the first filter: configurations are checked where nothing is ever read. */
const require = createRequire(import.meta.url)

/** Attributes that hold secrets: nobody needs them here, and nothing must show them. */
const secretAttributes =
  /^(userPassword|unicodePwd|dBCSPwd|[ln][mt]PwdHistory|supplementalCredentials|authPassword|krb.*Key|samba[NL][TM]Password|ipaNTHash|ms-?DS-ManagedPassword.*|ms-Mcs-AdmPwd.*|msLAPS-.*)$/i

/** @throws MusterError `invalidValue` naming the field and never its value */
export function assertLdapConfig(config: LdapConfig): void {
  if (config.ssl === true && config.startTls === true) throw refusedField('ssl', 'and startTls exclude each other')
  const encrypted = config.ssl === true || config.startTls === true
  for (const field of ['caCertificate', 'tlsServerName'] as const) {
    if (!encrypted && config[field] !== undefined) throw refusedField(field, 'is of no use without ssl or startTls')
  }
  if (config.caCertificate !== undefined) assertCertificates(config.caCertificate)
  for (const field of ['baseDN', 'groupBaseDN'] as const) {
    if (config[field] !== undefined && normaliseDistinguishedName(config[field]) === undefined) {
      throw refusedField(field, 'is no distinguished name (RFC 4514), such as "dc=example,dc=com"')
    }
  }
  if (!/[@\\]/.test(config.bindDN) && normaliseDistinguishedName(config.bindDN) === undefined) {
    throw refusedField('bindDN', 'is neither a distinguished name nor of the form user@domain or DOMAIN\\user')
  }
  for (const field of ['userFilter', 'groupFilter'] as const) assertFilter(field, config[field])
  if (config.attributes?.some((attribute) => secretAttributes.test(attribute))) {
    throw refusedField('attributes', 'has an attribute that holds passwords or keys')
  }
}

function assertFilter(field: string, filter: string | undefined): void {
  if (filter === undefined) return
  const { FilterParser } = require('ldapts') as typeof import('ldapts')
  try {
    FilterParser.parseString(filter)
    // The parser forgives a missing one, and would make something else of what stands behind.
    if (!isBalanced(filter)) throw new RangeError('unbalanced')
  } catch {
    // The parser's words repeat the filter.
    throw refusedField(field, 'is no filter (RFC 4515), such as "(objectClass=person)"')
  }
}

/** Whether all parentheses have their other one; those of values are escaped (RFC 4515 §3). */
function isBalanced(filter: string): boolean {
  let depth = 0
  for (const character of filter) {
    if (character === '(') depth++
    if (character === ')') depth--
    if (depth < 0) return false
  }
  return depth === 0
}

function assertCertificates(pem: string): void {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  try {
    for (const block of blocks) new X509Certificate(block)
  } catch {
    throw refusedField('caCertificate', 'has a certificate that cannot be read')
  }
  if (blocks.length === 0) throw refusedField('caCertificate', 'has no certificate in it (PEM, BEGIN CERTIFICATE)')
}
