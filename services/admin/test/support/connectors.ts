import { type ConnectorDefinition, markedFields, type NotificationSupport } from '@muster/connectors'
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

/** Kinds of directories whose sources tell of changes: one that is asked to, one whose administrator has it tell. */
export const tellingConnectors: ConnectorTable = {
  ...testConnectors,
  AZURE_AD: telling('AZURE_AD', { subscribe: neverCalled, unsubscribe: neverCalled }),
  OKTA: telling('OKTA', undefined),
}

function telling(type: ConnectorDefinition['type'], subscriptions: NotificationSupport<never>['subscriptions']) {
  const notifications = { receive: () => ({ means: 'refused' }) as const, ...(subscriptions && { subscriptions }) }
  return { ...testConnector, type, notifications } as unknown as ConnectorDefinition
}

function neverCalled(): Promise<never> {
  return Promise.reject(new Error('Nothing but the poller calls a source'))
}
