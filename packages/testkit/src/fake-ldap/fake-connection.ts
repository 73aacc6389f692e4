import type { Socket } from 'node:net'
import { berSize } from './ber.ts'
import type { FakeFault } from './fake-fault.ts'
import type { FakeServer } from './fake-server.ts'
import { type StoredEntry, selectAttributes } from './fake-tree.ts'
import { type LdapRequest, parseRequest, type SearchRequest } from './ldap-request.ts'
import {
  bindMessage,
  entryMessage,
  extendedMessage,
  noticeOfDisconnection,
  referenceMessage,
  searchDoneMessage,
} from './ldap-response.ts'

const extended = { startTls: '1.3.6.1.4.1.1466.20037', whoAmI: '1.3.6.1.4.1.4203.1.11.3' } as const
const codes = {
  success: 0,
  protocolError: 2,
  sizeLimit: 4,
  noSuchObject: 32,
  wrongCredentials: 49,
  unwilling: 53,
} as const

/** What a cookie stands for: what was found when the search began, and how far it was sent. It ends with its connection. */
interface Cursor {
  found: readonly StoredEntry[]
  start: number
}

/** Speaks with one client. */
export class FakeConnection {
  readonly #server: FakeServer
  readonly #socket: Socket
  #received: Buffer = Buffer.of()
  #boundAs = ''
  readonly #cursors = new Map<string, Cursor>()

  constructor(server: FakeServer, socket: Socket) {
    this.#server = server
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    // A client may go whenever it likes.
    socket.on('error', () => undefined)
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
    for (let size = berSize(this.#received); size !== undefined; size = berSize(this.#received)) {
      if (size.total > this.#received.length) return
      const message = this.#received.subarray(0, size.total)
      this.#received = this.#received.subarray(size.total)
      this.#answer(parseRequest(message))
    }
  }

  #answer(request: LdapRequest): void {
    if (request.kind === 'unbind') this.#socket.end()
    else if (request.kind === 'bind') this.#bind(request)
    else if (request.kind === 'extended') this.#extended(request)
    else if (request.kind === 'search') this.#search(request.messageId, request)
  }

  #bind({ messageId, name, password }: LdapRequest & { kind: 'bind' }): void {
    const { bind } = this.#server.options
    const isAnonymous = name === '' && password === ''
    const isKnown = isAnonymous || (name.toLowerCase() === bind.dn.toLowerCase() && password === bind.password)
    this.#boundAs = isKnown ? name : ''
    this.#socket.write(bindMessage(messageId, isKnown ? codes.success : codes.wrongCredentials))
  }

  #extended({ messageId, oid }: LdapRequest & { kind: 'extended' }): void {
    const { startTls, whoAmI } = this.#server.options
    if (oid === extended.whoAmI && whoAmI !== false) {
      const identity = this.#boundAs === '' ? '' : `dn:${this.#boundAs}`
      this.#socket.write(extendedMessage(messageId, codes.success, identity))
    } else if (oid === extended.startTls && startTls !== undefined) {
      // Accepts, and has no TLS to offer: hangs up, or leaves the client waiting for a handshake.
      this.#server.startTlsAccepted += 1
      this.#socket.write(extendedMessage(messageId, codes.success))
      this.#socket.removeAllListeners('data').resume()
      if (startTls === 'dropped') this.#socket.end()
    } else {
      this.#socket.write(extendedMessage(messageId, codes.protocolError))
    }
  }

  #search(messageId: number, request: SearchRequest): void {
    if (request.base === '' && request.scope === 'base') {
      this.#send([entryMessage(messageId, this.#server.rootEntry()), searchDoneMessage(messageId, codes.success)])
      return
    }
    const fault = this.#faultOf(request)
    if (typeof fault === 'string' && this.#breakOff(fault)) return
    if (fault === 'anonymous') this.#boundAs = ''
    if (this.#boundAs === '') {
      // What many servers tell those they do not know: nothing, and that it is all there is.
      this.#send([searchDoneMessage(messageId, codes.success, request.paging && '')])
      return
    }
    const cursor = this.#cursorOf(request)
    if (cursor === undefined) this.#send([searchDoneMessage(messageId, codes.noSuchObject)])
    else this.#sendFound(messageId, request, fault, cursor)
  }

  /** Where a search is to go on; undefined when there is no such base. */
  #cursorOf(request: SearchRequest): Cursor | undefined {
    const cookie = request.paging?.cookie ?? ''
    if (cookie !== '') return this.#cursors.get(cookie)
    const found = this.#server.tree.search(request)
    return found && { found, start: 0 }
  }

  #faultOf({ paging, attributes }: SearchRequest): FakeFault | undefined {
    if (paging !== undefined) return this.#server.takeFault('pages')
    return attributes.some((name) => name.includes(';range=')) ? this.#server.takeFault('ranges') : undefined
  }

  #sendFound(messageId: number, request: SearchRequest, fault: FakeFault | undefined, { found, start }: Cursor): void {
    const { paging, sizeLimit } = request
    const limit = sizeLimit > 0 ? sizeLimit : found.length
    const size = fault === 'emptyPage' ? 0 : (paging?.size ?? found.length)
    const end = Math.min(start + size, limit)
    const left = found.slice(start, end).filter((entry) => this.#server.tree.has(entry))
    const entries = left.flatMap((entry) => this.#entryMessages(messageId, request, fault, entry))
    if (typeof fault === 'object' && 'code' in fault) {
      this.#send([...entries.slice(0, fault.entries ?? 0), searchDoneMessage(messageId, fault.code)])
      return
    }
    if (fault === 'midEntry') {
      const bytes = Buffer.concat([...entries, searchDoneMessage(messageId, codes.success)])
      this.#socket.end(bytes.subarray(0, Math.ceil(bytes.length / 2)))
      return
    }
    const references = fault === 'reference' ? [referenceMessage(messageId, 'ldap://other.test/dc=other,dc=test')] : []
    const code = found.length > limit && start + size >= limit ? codes.sizeLimit : codes.success
    const cookie = this.#cookieBehind(paging, fault, { found, start: start + size })
    this.#send([...entries, ...references, searchDoneMessage(messageId, code, cookie)])
  }

  #entryMessages(
    messageId: number,
    request: SearchRequest,
    fault: FakeFault | undefined,
    entry: StoredEntry,
  ): Buffer[] {
    const attributes = selectAttributes(entry, request.attributes, this.#server.options.rangeSize)
    if (typeof fault === 'object' && 'without' in fault) {
      for (const name of Object.keys(attributes)) if (name.split(';')[0] === fault.without) delete attributes[name]
    }
    const message = entryMessage(messageId, { dn: entry.dn, attributes })
    return fault === 'twice' ? [message, message] : [message]
  }

  #cookieBehind(paging: SearchRequest['paging'], fault: FakeFault | undefined, cursor: Cursor): string | undefined {
    if (paging === undefined || fault === 'noPaging') return undefined
    if (fault !== 'sameCookie' && cursor.start >= cursor.found.length) return ''
    const cookie = fault === 'sameCookie' ? paging.cookie || 'the-first' : `page-${this.#cursors.size}`
    if (!this.#cursors.has(cookie)) this.#cursors.set(cookie, cursor)
    return cookie
  }

  /** Whether a fault leaves the search without an answer. */
  #breakOff(fault: FakeFault & string): boolean {
    if (fault === 'reset') this.#socket.resetAndDestroy()
    else if (fault === 'close') this.#socket.end()
    else if (fault === 'garbage') this.#socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
    else if (fault === 'notice') this.#socket.end(noticeOfDisconnection(52))
    else return fault === 'hang'
    return true
  }

  #send(messages: readonly Buffer[]): void {
    this.#socket.write(Buffer.concat(messages))
  }
}
