import type { FakeAnswer, FakeRequest } from '../fake-http/index.ts'
import type { PageTokens } from './page-tokens.ts'
import { refusal } from './refusals.ts'

/** A list of the API. Google leaves `items` out when there are none. */
interface List<Item> {
  kind: string
  items: 'users' | 'groups' | 'members'
  entries: readonly { key: string; item: Item }[]
  /** Items of a page when nothing is asked for, and at most. */
  size: { usual: number; max: number }
  /** A test's own, smaller limit. */
  cap: number | undefined
  show(item: Item): object
}

/** What makes a list the same one, page by page. */
export function listName({ path, query }: FakeRequest): string {
  const params = new URLSearchParams(query)
  for (const name of ['pageToken', 'maxResults', 'fields']) params.delete(name)
  params.sort()
  return `${path}?${params}`
}

/** The page of a list that a request asks for, in the order of the keys. */
export function listPage<Item>(list: List<Item>, request: FakeRequest, tokens: PageTokens): FakeAnswer {
  const asked = request.query.get('pageToken')
  const name = listName(request)
  const behind = asked === null ? '' : tokens.behind(name, asked)
  const size = Number(request.query.get('maxResults') ?? list.size.usual)
  if (behind === undefined || !(size >= 1 && size <= list.size.max)) return refusal('invalid')
  const left = list.entries.filter(({ key }) => key > behind).sort((one, other) => (one.key < other.key ? -1 : 1))
  const page = left.slice(0, Math.min(size, list.cap ?? size))
  const last = page.at(-1)
  const body = {
    kind: list.kind,
    etag: '"fake/list"',
    ...(page.length > 0 && { [list.items]: page.map(({ item }) => shown(list.show(item), list.items, request)) }),
    ...(last !== undefined && page.length < left.length && { nextPageToken: tokens.issue(name, last.key) }),
  }
  return { body }
}

/** Of partial answers (`fields`) the one that is asked for: ids alone. */
function shown(item: object, items: string, { query }: FakeRequest): object {
  return query.get('fields')?.includes(`${items}(id)`) && 'id' in item ? { id: item.id } : item
}
