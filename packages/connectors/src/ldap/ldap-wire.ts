import type { Socket } from 'node:net'
import {
  type Message,
  MessageParser,
  type MessageResponse,
  PagedResultsControl,
  SearchEntry,
  SearchReference,
} from 'ldapts'
import { ConnectorError } from '../connector-error.ts'
import { type LdapEntry, toEntry } from './entry.ts'
import { MessageFrames } from './message-frames.ts'
import { stopped } from './open-socket.ts'
import { failureOfCode } from './result-codes.ts'

/** An answer with all that came before it. */
export interface LdapAnswer {
  status: number
  /** In the server's words, which may name entries: for `failureOfCode` only. */
  message: string
  entries: LdapEntry[]
  references: string[]
  /** Of a paged search: empty on the last page, undefined when the server does not page. */
  cookie: Buffer | undefined
  /** Of an extended operation. */
  value: string | undefined
}

interface Question {
  message: Message
  entries: LdapEntry[]
  references: string[]
  resolve(answer: LdapAnswer): void
  reject(error: ConnectorError): void
}

/**
 * LDAP on one connection: it never connects again, so whoever is bound stays bound or everything fails. Messages are read and
 * written by ldapts; its own client reconnects in silence, as nobody.
 */
export class LdapWire {
  readonly #socket: Socket
  readonly #timeoutMilliseconds: number
  readonly #signal: AbortSignal
  readonly #parser = new MessageParser()
  readonly #frames = new MessageFrames()
  readonly #questions = new Map<string, Question>()
  #messageId = 0
  #failure: ConnectorError | undefined

  constructor(socket: Socket, timeoutMilliseconds: number, signal: AbortSignal) {
    this.#socket = socket
    this.#timeoutMilliseconds = timeoutMilliseconds
    this.#signal = signal
    this.#parser.on('message', (message) => this.#take(message))
    this.#parser.on('error', (cause) => this.fail(unreadable(cause)))
    socket.on('data', this.#onData).on('error', this.#onBroken).on('end', this.#onBroken).on('close', this.#onBroken)
    signal.addEventListener('abort', this.#onAbort)
    if (signal.aborted) this.#onAbort()
  }

  /** @throws ConnectorError when the connection fails or no answer comes in time; a code of the server is no failure here */
  async ask(create: (messageId: number) => Message): Promise<LdapAnswer> {
    if (this.#socket.destroyed) this.fail(broken())
    if (this.#failure !== undefined) throw this.#failure
    const message = create(++this.#messageId)
    const { promise, resolve, reject } = Promise.withResolvers<LdapAnswer>()
    const timer = setTimeout(() => {
      this.fail(
        new ConnectorError('timeout', `The server did not answer within ${this.#timeoutMilliseconds / 1_000} s.`),
      )
    }, this.#timeoutMilliseconds)
    this.#questions.set(String(message.messageId), { message, entries: [], references: [], resolve, reject })
    this.#socket.write(message.write())
    return promise.finally(() => clearTimeout(timer))
  }

  /** Says something that has no answer. */
  tell(create: (messageId: number) => Message): void {
    if (this.#failure === undefined) this.#socket.write(create(++this.#messageId).write())
  }

  /** Ends the connection: what is under way, and whatever is asked later, fails with this. */
  fail(error: ConnectorError): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    this.#signal.removeEventListener('abort', this.#onAbort)
    for (const { reject } of this.#questions.values()) reject(error)
    this.#questions.clear()
    this.#socket.destroy()
  }

  /** Lets go of the connection, for TLS to take it over. What was received and not answered is forgotten. */
  release(): Socket {
    const socket = this.#socket
    socket
      .off('data', this.#onData)
      .off('error', this.#onBroken)
      .off('end', this.#onBroken)
      .off('close', this.#onBroken)
    return socket
  }

  readonly #onAbort = (): void => this.fail(stopped(this.#signal))

  readonly #onBroken = (cause?: unknown): void => this.fail(broken(cause))

  readonly #onData = (chunk: Buffer): void => {
    try {
      for (const frame of this.#frames.push(chunk)) this.#parser.read(frame, this.#questions)
    } catch (cause) {
      this.fail(unreadable(cause))
    }
  }

  #take(message: MessageResponse): void {
    // RFC 4511 §4.4: a notice of disconnection has no number.
    if (message.messageId === 0) this.fail(failureOfCode(message.status, message.errorMessage, 'search'))
    const question = this.#questions.get(String(message.messageId))
    if (question === undefined) return
    if (message instanceof SearchEntry) question.entries.push(toEntry(message))
    else if (message instanceof SearchReference) question.references.push(...message.uris)
    else {
      this.#questions.delete(String(message.messageId))
      question.resolve(toAnswer(message, question))
    }
  }
}

function toAnswer(response: MessageResponse, { entries, references }: Question): LdapAnswer {
  const paged = response.controls?.find((control) => control instanceof PagedResultsControl)
  return {
    status: response.status,
    message: response.errorMessage,
    entries,
    references,
    cookie: paged && (paged.value?.cookie ?? Buffer.of()),
    value: (response as { value?: string }).value,
  }
}

function broken(cause?: unknown): ConnectorError {
  return new ConnectorError('interrupted', 'The server closed the connection.', { cause })
}

function unreadable(cause: unknown): ConnectorError {
  return new ConnectorError('protocol', 'The server sent what is no LDAP message.', { cause })
}
