import { type Static, Type } from 'typebox'
import { secretText } from '../config-field.ts'

const place = (description: string) =>
  Type.String({ pattern: '^https?://[^?#@\\s]+$', maxLength: 2_048, description, destination: true })

/** What a directory of type `AZURE_AD` is configured with. */
export const entraConfig = Type.Object(
  {
    tenantId: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9.-]*$',
      maxLength: 253,
      description: 'Directory (tenant) ID, or a verified domain of the tenant.',
    }),
    clientId: Type.String({
      pattern: '^[A-Za-z0-9-]+$',
      maxLength: 64,
      description: 'Application (client) ID of the app registration.',
    }),
    clientSecret: Type.Optional(secretText('The value of a client secret of the app, unless it has a certificate.')),
    clientCertificate: Type.Optional(
      Type.String({ maxLength: 65_536, description: 'PEM of a certificate of the app, in place of a client secret.' }),
    ),
    privateKey: Type.Optional(
      secretText('PEM of the private key of the certificate, not encrypted.', { maxLength: 65_536 }),
    ),
    cloud: Type.Optional(
      Type.Union([Type.Literal('global'), Type.Literal('usGov'), Type.Literal('usGovDod'), Type.Literal('china')], {
        description: 'The cloud that the tenant is in; `global` without it.',
        destination: true,
      }),
    ),
    loginUrl: Type.Optional(place('Where tokens come from, in place of the sign-in of the cloud.')),
    graphUrl: Type.Optional(place('Where Microsoft Graph is, in place of that of the cloud.')),
    includeGuests: Type.Optional(Type.Boolean({ description: 'Whether guests are read; `true` without it.' })),
    readBy: Type.Optional(
      Type.Union([Type.Literal('delta'), Type.Literal('lists')], {
        description: '`lists` for tenants without change tracking (Azure AD B2C, External ID): all is read each time.',
      }),
    ),
  },
  { additionalProperties: false },
)

export type EntraConfig = Static<typeof entraConfig>
