import { type BerNode, berNodes, numberOf, textOf } from './ber.ts'

/** The numbers of requests and of their answers (RFC 4511 §4). */
export const operations = {
  bind: { request: 0x60, response: 0x61 },
  unbind: { request: 0x42 },
  search: { request: 0x63, entry: 0x64, done: 0x65, reference: 0x73 },
  extended: { request: 0x77, response: 0x78 },
} as const

export const pagedResults = '1.2.840.113556.1.4.319'

export type LdapRequest = { messageId: number } & (
  | { kind: 'bind'; name: string; password: string }
  | { kind: 'unbind' | 'other' }
  | { kind: 'extended'; oid: string }
  | ({ kind: 'search' } & SearchRequest)
)

export interface SearchRequest {
  base: string
  scope: 'base' | 'one' | 'sub'
  sizeLimit: number
  filter: BerNode
  attributes: readonly string[]
  /** Only of a paged search (RFC 2696). */
  paging?: { size: number; cookie: string }
}

const scopes = ['base', 'one', 'sub'] as const

/** Reads a message of a client. @throws RangeError when it is none */
export function parseRequest(message: Buffer): LdapRequest {
  const [envelope] = berNodes(message)
  const [id, operation, controls] = berNodes(envelope?.content ?? Buffer.of())
  if (operation === undefined) throw new RangeError('a message without an operation')
  const messageId = numberOf(id)
  switch (operation.tag) {
    case operations.bind.request: {
      const [, name, password] = berNodes(operation.content)
      return { messageId, kind: 'bind', name: textOf(name), password: textOf(password) }
    }
    case operations.search.request:
      return { messageId, kind: 'search', ...parseSearch(operation), ...parsePaging(controls) }
    case operations.extended.request:
      return { messageId, kind: 'extended', oid: textOf(berNodes(operation.content)[0]) }
    default:
      return { messageId, kind: operation.tag === operations.unbind.request ? 'unbind' : 'other' }
  }
}

function parseSearch({ content }: BerNode): SearchRequest {
  const [base, scope, , sizeLimit, , , filter, attributes] = berNodes(content)
  if (filter === undefined) throw new RangeError('a search without a filter')
  return {
    base: textOf(base),
    scope: scopes[numberOf(scope)] ?? 'sub',
    sizeLimit: numberOf(sizeLimit),
    filter,
    attributes: berNodes(attributes?.content ?? Buffer.of()).map(textOf),
  }
}

function parsePaging(controls: BerNode | undefined): Pick<SearchRequest, 'paging'> {
  for (const control of berNodes(controls?.content ?? Buffer.of())) {
    const parts = berNodes(control.content)
    if (textOf(parts[0]) !== pagedResults) continue
    const [value] = berNodes(parts.at(-1)?.content ?? Buffer.of())
    const [size, cookie] = berNodes(value?.content ?? Buffer.of())
    return { paging: { size: numberOf(size), cookie: textOf(cookie) } }
  }
  return {}
}
