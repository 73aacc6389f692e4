import { ber, berNumber, berText, tags } from './ber.ts'
import { operations, pagedResults } from './ldap-request.ts'

/** An entry as it is sent: attributes by their name, with their values. */
export interface SentEntry {
  dn: string
  attributes: Readonly<Record<string, readonly (string | Buffer)[]>>
}

export function entryMessage(messageId: number, { dn, attributes }: SentEntry): Buffer {
  const parts = Object.entries(attributes).map(([name, values]) =>
    ber(tags.sequence, [
      berText(name),
      ber(
        tags.set,
        values.map((value) => berText(value)),
      ),
    ]),
  )
  return message(messageId, ber(operations.search.entry, [berText(dn), ber(tags.sequence, parts)]))
}

export function referenceMessage(messageId: number, url: string): Buffer {
  return message(messageId, ber(operations.search.reference, [berText(url)]))
}

/** The end of a search. A cookie, also an empty one, makes it the end of a page. */
export function searchDoneMessage(messageId: number, code: number, cookie?: string): Buffer {
  const done = ber(operations.search.done, result(code))
  return cookie === undefined ? message(messageId, done) : message(messageId, done, pagingControl(cookie))
}

export function bindMessage(messageId: number, code: number): Buffer {
  return message(messageId, ber(operations.bind.response, result(code)))
}

export function extendedMessage(messageId: number, code: number, value?: string): Buffer {
  const parts = value === undefined ? result(code) : [...result(code), berText(value, 0x8b)]
  return message(messageId, ber(operations.extended.response, parts))
}

/** RFC 4511 §4.4.1: what a server says before it hangs up. */
export function noticeOfDisconnection(code: number): Buffer {
  const parts = [...result(code), berText('1.3.6.1.4.1.1466.20036', 0x8a)]
  return message(0, ber(operations.extended.response, parts))
}

function message(messageId: number, operation: Buffer, control?: Buffer): Buffer {
  const parts = [berNumber(messageId), operation, ...(control === undefined ? [] : [ber(0xa0, control)])]
  return ber(tags.sequence, parts)
}

function result(code: number): Buffer[] {
  return [berNumber(code, tags.enumerated), berText(''), berText(`scripted result ${code}`)]
}

function pagingControl(cookie: string): Buffer {
  const value = ber(tags.sequence, [berNumber(0), berText(cookie)])
  return ber(tags.sequence, [berText(pagedResults), berText(value)])
}
