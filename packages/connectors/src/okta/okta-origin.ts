import { refusedField } from '../config-field.ts'

/** Where the admin console is, beside the organization itself: `acme-admin.okta.com`. */
const adminConsole = /^[^.]+-admin\./i

/**
 * The origin that a domain stands for: https without a scheme.
 * @throws MusterError `invalidValue`, never with the domain in it
 */
export function originOf(domain: string): string {
  const text = domain.trim()
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`)
  const isBare = url !== null && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  if (!isBare || url.password !== '' || !['https:', 'http:'].includes(url.protocol)) {
    throw refusedField('domain', 'must be a domain such as acme.okta.com, without a path')
  }
  if (adminConsole.test(url.hostname)) throw refusedField('domain', 'is that of the admin console: leave "-admin" out')
  return url.origin
}
