import type { PersonAttribute } from '../../attributes.ts'
import { awsDirectory } from './aws-directory.ts'
import { azureAd } from './azure-ad.ts'
import { googleWorkspace } from './google-workspace.ts'
import { ldap } from './ldap.ts'
import { okta } from './okta.ts'
import { scim } from './scim.ts'

/** By the type of a directory: person attribute → expression over the documents that such a directory stores. */
export const defaultMappings = {
  SCIM: scim,
  AZURE_AD: azureAd,
  GOOGLE_WORKSPACE: googleWorkspace,
  LDAP: ldap,
  AWS_DIRECTORY: awsDirectory,
  OKTA: okta,
} as const satisfies Record<string, Partial<Record<PersonAttribute, string>>>

export type SourceType = keyof typeof defaultMappings
