import type { Socket } from 'node:net'
import { BindRequest, type Control, ExtendedRequest, FilterParser, SearchRequest, UnbindRequest } from 'ldapts'
import type { ConnectorContext } from '../connector-context.ts'
import { ConnectorError } from '../connector-error.ts'
import type { LdapConfig } from './config.ts'
import { type LdapAnswer, LdapWire } from './ldap-wire.ts'
import { openSocket, secureSocket } from './open-socket.ts'
import { failureOfCode, type LdapOperation } from './result-codes.ts'

/** Extended operations (RFC 4511 §4.14, RFC 4532). */
const operations = { startTls: '1.3.6.1.4.1.1466.20037', whoAmI: '1.3.6.1.4.1.4203.1.11.3' } as const
const timeoutSecondsDefault = 30

export interface SearchOptions {
  base: string
  scope: 'base' | 'sub'
  filter: string
  attributes: readonly string[]
  controls?: readonly Control[]
}

/** A connection that is bound as the account that reads. */
export interface LdapSession {
  /** @throws ConnectorError after `result-codes.ts` for any answer but success */
  search(options: SearchOptions): Promise<LdapAnswer>
  /**
   * Whether the server still takes us for whom we are: what somebody else is shown may be less.
   * @throws ConnectorError `interrupted`
   */
  assertSame(): Promise<void>
  close(): void
}

/** Connects, encrypts and binds. @throws ConnectorError */
export async function openSession(config: LdapConfig, context: ConnectorContext): Promise<LdapSession> {
  const timeoutMilliseconds = (config.timeoutSeconds ?? timeoutSecondsDefault) * 1_000
  const socket = await openSocket(config, context)
  const wireOver = (over: Socket) => new LdapWire(over, timeoutMilliseconds, context.signal)
  const wire = await encrypt(config, context.signal, socket, wireOver)
  const close = () => {
    wire.tell((messageId) => new UnbindRequest({ messageId }))
    wire.fail(new ConnectorError('interrupted', 'The connection was closed.'))
  }
  try {
    const { bindDN: dn, bindPassword: password } = config
    succeeded(await wire.ask((messageId) => new BindRequest({ messageId, dn, password })), 'bind')
    const identity = await whoAmI(wire)
    if (identity === '') throw new ConnectorError('credentials', 'The server took the bind for an anonymous one.')
    return {
      search: async (options) => succeeded(await wire.ask(searchRequest(options, timeoutMilliseconds)), 'search'),
      assertSame: async () => {
        if ((await whoAmI(wire)) === identity) return
        throw new ConnectorError('interrupted', 'The server takes us for somebody else than who was bound.')
      },
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

async function encrypt(
  config: LdapConfig,
  signal: AbortSignal,
  socket: Socket,
  wireOver: (socket: Socket) => LdapWire,
): Promise<LdapWire> {
  if (config.ssl === true) return wireOver(await secureSocket(socket, config, signal))
  const wire = wireOver(socket)
  if (config.startTls !== true) return wire
  try {
    const oid = operations.startTls
    succeeded(await wire.ask((messageId) => new ExtendedRequest({ messageId, oid })), 'startTls')
  } catch (error) {
    socket.destroy()
    throw error
  }
  return wireOver(await secureSocket(wire.release(), config, signal))
}

/** Undefined when the server does not know the operation; empty for nobody. */
async function whoAmI(wire: LdapWire): Promise<string | undefined> {
  const answer = await wire.ask((messageId) => new ExtendedRequest({ messageId, oid: operations.whoAmI }))
  return answer.status === 0 ? (answer.value ?? '') : undefined
}

function searchRequest({ base, scope, filter, attributes, controls }: SearchOptions, timeoutMilliseconds: number) {
  return (messageId: number) =>
    new SearchRequest({
      messageId,
      baseDN: base,
      scope,
      filter: FilterParser.parseString(filter),
      attributes: [...attributes],
      timeLimit: Math.ceil(timeoutMilliseconds / 1_000),
      controls: [...(controls ?? [])],
    })
}

function succeeded(answer: LdapAnswer, operation: LdapOperation): LdapAnswer {
  if (answer.status !== 0) throw failureOfCode(answer.status, answer.message, operation)
  return answer
}
