import { Type } from 'typebox'
import { closed, nullable, nullableText } from './values.ts'

/** The types of directories; `packages/repository/src/tables.ts` has the same. */
const directoryTypes = ['AZURE_AD', 'GOOGLE_WORKSPACE', 'LDAP', 'AWS_DIRECTORY', 'OKTA', 'SCIM'] as const

const organization = closed({
  id: Type.String(),
  name: Type.String(),
  adminEmail: nullableText,
})

export const directorySchema = closed(
  { id: Type.String(), name: Type.String(), type: Type.Enum([...directoryTypes]), organization },
  { title: 'DirectoryInfo', description: 'A directory with its organization, as events show it.' },
)

export const directoryOrNone = nullable(
  directorySchema,
  'Null for what an administrator did, and when the directory is gone.',
)
