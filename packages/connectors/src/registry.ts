import { aws } from './aws/definition.ts'
import type { ConnectorDefinition, ConnectorType } from './connector.ts'
import { entra } from './entra/definition.ts'
import { google } from './google/definition.ts'
import { ldap } from './ldap/definition.ts'
import { okta } from './okta/definition.ts'

/** Every connector by the type of its directories. Whoever is handed them may have fewer, as tests do. */
export const connectors: Readonly<Partial<Record<ConnectorType, ConnectorDefinition>>> = {
  LDAP: ldap,
  GOOGLE_WORKSPACE: google,
  AZURE_AD: entra,
  AWS_DIRECTORY: aws,
  OKTA: okta,
}
