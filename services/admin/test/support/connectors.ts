import { type ConnectorDefinition, markedFields } from '@muster/connectors'
import { MusterError } from '@muster/runtime/errors'
import { Type } from 'typebox'
import type { ConnectorTable } from '../../src/directories/connector-config.ts'

const config = Type.Object(
  {
    host: Type.String({ minLength: 1, destination: true }),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, destination: true })),
    mode: Type.Optional(Type.Enum(['ldaps', 'startTls'])),
    flavour: Type.Optional(Type.Union([Type.Literal('auto'), Type.Literal('openldap')])),
    account: Type.Optional(Type.String()),
    password: Type.Optional(Type.String({ minLength: 8, secret: true })),
    clientKey: Type.Optional(Type.String({ minLength: 8, secret: true })),
  },
  { additionalProperties: false },
)

/** A kind of directory that is configured and never opened: nothing but the poller opens any. */
const testConnector: ConnectorDefinition<typeof config> = {
  type: 'LDAP',
  title: 'Directory of the tests',
  config,
  assertConfig({ account, password }) {
    if ((account === undefined) === (password === undefined)) return
    throw new MusterError(
      'invalidValue',
      `body.config: account and ${markedFields(config, 'secret')[0]} belong together.`,
    )
  },
  open: () => Promise.reject(new Error('Nothing is opened here')),
}

export const testConnectors: ConnectorTable = { LDAP: testConnector as unknown as ConnectorDefinition }
