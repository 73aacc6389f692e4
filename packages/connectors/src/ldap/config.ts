import { type Static, Type } from 'typebox'
import { secretText } from '../config-field.ts'

const name = (description: string) =>
  Type.String({ pattern: '^([A-Za-z][A-Za-z0-9-]*|[0-9]+([.][0-9]+)+)$', maxLength: 128, description })
const distinguishedName = (description: string) => Type.String({ minLength: 1, maxLength: 2_048, description })
const filter = (description: string) => Type.String({ minLength: 1, maxLength: 8_192, description })
const destination = { destination: true } as const

/** What a directory of type `LDAP` is configured with. Defaults follow the flavour of the server, see `flavours.ts`. */
export const ldapConfig = Type.Object(
  {
    host: Type.String({ minLength: 1, maxLength: 253, description: 'Name or address of the server.', ...destination }),
    port: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 65_535, description: '636 with `ssl`, else 389.', ...destination }),
    ),
    ssl: Type.Optional(Type.Boolean({ description: 'TLS from the first byte (LDAPS).', ...destination })),
    startTls: Type.Optional(Type.Boolean({ description: 'TLS begun on the plain port.', ...destination })),
    caCertificate: Type.Optional(
      Type.String({
        maxLength: 65_536,
        description: 'PEM of the authority that is trusted, in place of the public ones.',
        ...destination,
      }),
    ),
    tlsServerName: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 253,
        description: 'The name in the certificate, when it is not the host.',
        ...destination,
      }),
    ),
    bindDN: distinguishedName('The account that reads: a DN; with Active Directory also user@domain or DOMAIN\\user.'),
    bindPassword: secretText('Its password.'),
    baseDN: distinguishedName('Where users are, at any depth.'),
    userFilter: Type.Optional(filter('Which entries are users (RFC 4515).')),
    groupBaseDN: Type.Optional(distinguishedName('Where groups are; `baseDN` without it.')),
    groupFilter: Type.Optional(filter('Which entries are groups.')),
    flavour: Type.Optional(
      Type.Union(
        [
          Type.Literal('auto'),
          Type.Literal('activeDirectory'),
          Type.Literal('openldap'),
          Type.Literal('directoryServer389'),
          Type.Literal('generic'),
        ],
        { description: 'The kind of server; `auto` asks the server.' },
      ),
    ),
    idAttribute: Type.Optional(name('The attribute that identifies an entry for ever.')),
    userNameAttribute: Type.Optional(name('The attribute that users are named by.')),
    memberAttribute: Type.Optional(name('The one attribute of a group that lists its members.')),
    attributes: Type.Optional(
      Type.Array(name('An attribute.'), { maxItems: 100, description: 'More attributes of users to read.' }),
    ),
    referrals: Type.Optional(
      Type.Union([Type.Literal('refuse'), Type.Literal('ignore')], {
        description: 'What becomes of a part of the tree that another server holds; it is never followed.',
      }),
    ),
    pageSize: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: 'Entries a page.' })),
    timeoutSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 600, description: 'For each answer.' })),
  },
  { additionalProperties: false },
)

export type LdapConfig = Static<typeof ldapConfig>
