import { Type } from 'typebox'

/** SCIM is pushed to; the others are read. */
export const directoryType = Type.Enum(['SCIM', 'AZURE_AD', 'GOOGLE_WORKSPACE', 'LDAP', 'AWS_DIRECTORY', 'OKTA'])
