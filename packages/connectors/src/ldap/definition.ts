import type { ConnectorDefinition } from '../connector.ts'
import { assertLdapConfig } from './assert-config.ts'
import { ldapConfig } from './config.ts'

/** OpenLDAP, Active Directory and their kin, by LDAPv3 (RFC 4511). */
export const ldap: ConnectorDefinition<typeof ldapConfig> = {
  type: 'LDAP',
  title: 'LDAP',
  config: ldapConfig,
  assertConfig: assertLdapConfig,
  open: async (config, context) => (await import('./ldap-connector.ts')).openLdap(config, context),
}
