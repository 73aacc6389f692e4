import type { ConnectorDefinition, ConnectorType } from './connector.ts'
import { ldap } from './ldap/definition.ts'

/** Every connector by the type of its directories. One that is not there comes with a later release. */
export const connectors: Readonly<Partial<Record<ConnectorType, ConnectorDefinition>>> = { LDAP: ldap }
