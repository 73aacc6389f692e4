import { type Static, Type } from 'typebox'
import { secretText } from '../config-field.ts'

const name = (description: string) => Type.String({ minLength: 1, maxLength: 256, description })

/** What a directory of type `OKTA` is configured with: an API token, or an app with a private key. */
export const oktaConfig = Type.Object(
  {
    domain: Type.String({
      minLength: 1,
      maxLength: 300,
      description: 'Where the organization is: acme.okta.com, or a domain of its own.',
      destination: true,
    }),
    apiToken: Type.Optional(secretText('API token of an administrator who may read.')),
    clientId: Type.Optional(name('In place of the token: the client id of an API services app.')),
    privateKey: Type.Optional(secretText('The private key of that app, PEM or JWK.', { maxLength: 16_384 })),
    keyId: Type.Optional(name('The id of that key (kid), where the key does not say it.')),
    includeEveryone: Type.Optional(
      Type.Boolean({ description: 'Whether the built-in group Everyone is read; `false` without it.' }),
    ),
    includeDeprovisioned: Type.Optional(
      Type.Boolean({ description: 'Whether deactivated users are read; `false` without it: they have left.' }),
    ),
    pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, description: 'Records a page.' })),
  },
  { additionalProperties: false },
)

export type OktaConfig = Static<typeof oktaConfig>
