import { type Static, Type } from 'typebox'
import { secretText } from '../config-field.ts'

const address = (description: string) =>
  Type.String({ pattern: '^[^@\\s]+@[^@\\s]+$', minLength: 3, maxLength: 320, description })

/** What a directory of type `GOOGLE_WORKSPACE` is configured with. */
export const googleConfig = Type.Object(
  {
    serviceAccountEmail: address('The service account that reads: `client_email` of its key file.'),
    privateKey: secretText('Its key in PEM: `private_key` of the key file, also with `\\n` for ends of lines.', {
      maxLength: 16_384,
    }),
    delegatedAdminEmail: address('The administrator in whose name the service account reads.'),
    domain: Type.String({
      pattern: '^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\\.)+[A-Za-z0-9-]{2,}$',
      maxLength: 253,
      description: 'The domain whose users and groups are read.',
    }),
    wholeCustomer: Type.Optional(
      Type.Boolean({ description: 'Reads the users and groups of all domains of the account, not of `domain` alone.' }),
    ),
    customerId: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_-]+$',
        maxLength: 64,
        description: 'The account, with `wholeCustomer`; that of the administrator without it.',
      }),
    ),
    orgUnitPath: Type.Optional(
      Type.String({
        pattern: '^/',
        maxLength: 1_024,
        description: 'Reads only users in this organizational unit and those below it: `/Sales`.',
      }),
    ),
    apiUrl: Type.Optional(
      Type.String({
        maxLength: 2_048,
        description: 'Where the Directory API is; `https://admin.googleapis.com` without it.',
        destination: true,
      }),
    ),
    tokenUrl: Type.Optional(
      Type.String({
        maxLength: 2_048,
        description: 'Where tokens are issued; `https://oauth2.googleapis.com/token` without it.',
        destination: true,
      }),
    ),
  },
  { additionalProperties: false },
)

export type GoogleConfig = Static<typeof googleConfig>
