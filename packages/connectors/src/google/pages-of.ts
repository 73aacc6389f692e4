import { ConnectorError } from '../connector-error.ts'

/** A page of a list. */
export interface ListPage<Item> {
  items: readonly Item[]
  /** By which this page is asked for again; undefined for the first one. */
  token: string | undefined
  /** By which the next one is; undefined at the end of the list. */
  next: string | undefined
}

/** What an answer with a page has in common with others, and how its items are called. */
interface ListKind<Name extends string> {
  kind: string
  items: Name
}

type ListBody<Name extends string, Item> = { kind?: string | null; nextPageToken?: string | null } & {
  [name in Name]?: readonly Item[]
}

/** The lists that are read (developers.google.com/workspace/admin/directory/reference/rest/v1). */
export const lists = {
  users: { kind: 'admin#directory#users', items: 'users' },
  groups: { kind: 'admin#directory#groups', items: 'groups' },
  members: { kind: 'admin#directory#members', items: 'members' },
} as const satisfies Record<string, ListKind<string>>

/**
 * A list to its end. `resume` is a token of an earlier process: one that has expired (they live three days) begins the list anew.
 * @throws ConnectorError `protocol` for an answer that is no such page, and for a token that comes again
 */
export async function* pagesOf<Name extends string, Item>(
  list: ListKind<Name>,
  ask: (pageToken: { pageToken?: string }) => Promise<ListBody<Name, Item>>,
  resume?: string,
): AsyncGenerator<ListPage<Item>> {
  const seen = new Set<string>()
  let page = await firstPage(ask, resume)
  for (;;) {
    const items = itemsOf(list, page.body)
    const next = nextOf(page.body)
    yield { items, token: page.token, next }
    if (next === undefined) return
    if (seen.has(next)) throw new ConnectorError('protocol', 'Google names a page as the next that was read already.')
    seen.add(next)
    page = { body: await ask({ pageToken: next }), token: next }
  }
}

async function firstPage<Body>(
  ask: (pageToken: { pageToken?: string }) => Promise<Body>,
  resume: string | undefined,
): Promise<{ body: Body; token: string | undefined }> {
  if (resume === undefined) return { body: await ask({}), token: undefined }
  try {
    return { body: await ask({ pageToken: resume }), token: resume }
  } catch (error) {
    if (!isExpired(error)) throw error
    return { body: await ask({}), token: undefined }
  }
}

function isExpired(error: unknown): boolean {
  return error instanceof ConnectorError && error.code === 'checkpointExpired'
}

/** Google leaves a list out that is empty, and everything else shows that the answer is one. */
function itemsOf<Name extends string, Item>({ kind, items: name }: ListKind<Name>, body: ListBody<Name, Item>) {
  const items = typeof body === 'object' && body !== null && body.kind === kind ? (body[name] ?? []) : undefined
  if (!Array.isArray(items)) throw new ConnectorError('protocol', `Google answered with what is no ${kind}.`)
  return items as readonly Item[]
}

function nextOf({ nextPageToken }: { nextPageToken?: string | null }): string | undefined {
  return typeof nextPageToken === 'string' && nextPageToken !== '' ? nextPageToken : undefined
}
