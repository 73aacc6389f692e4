import { PagedResultsControl } from 'ldapts'
import { ConnectorError } from '../connector-error.ts'
import type { LdapEntry } from './entry.ts'
import type { LdapSource } from './ldap-source.ts'

const pagesMax = 100_000
/** Pages without an entry in a row: a server may skip many that do not match. */
const emptyPagesMax = 1_000

/** Parts of a domain that Active Directory keeps apart and that never hold people. */
const harmlessReferences = /^ldaps?:\/\/[^/]*\/(dc=(forest|domain)dnszones|cn=configuration)(,|\?|$)/i

interface PagedSearch {
  base: string
  filter: string
  attributes: readonly string[]
  pageSize: number
}

/**
 * The entries below a base, page by page (RFC 2696), to the end that the server itself declares. An empty page with a
 * cookie is no end.
 * @throws ConnectorError `incomplete` where the server leaves something out, `protocol` where it goes in circles
 */
export async function* pagedSearch(source: LdapSource, search: PagedSearch): AsyncGenerator<LdapEntry[]> {
  const isNew = progressGuard(source)
  let cookie: Buffer | undefined
  let emptyPages = 0
  for (let pages = 0; pages < pagesMax; pages++) {
    const paging = new PagedResultsControl({ value: { size: search.pageSize, ...(cookie && { cookie }) } })
    const answer = await source.session.search({ ...search, scope: 'sub', controls: [paging] })
    assertReferences(source, answer.references)
    if (answer.cookie === undefined && (pages > 0 || source.pages)) {
      throw new ConnectorError('protocol', 'The server pages its answers, and left out where the next page begins.')
    }
    if (answer.entries.length > 0) yield answer.entries
    if (answer.cookie === undefined || answer.cookie.length === 0) return
    emptyPages = answer.entries.length > 0 ? 0 : emptyPages + 1
    if (emptyPages > emptyPagesMax || !isNew(answer.cookie, answer.entries[0])) {
      throw new ConnectorError('protocol', 'The server answers the same page again and again.')
    }
    cookie = answer.cookie
  }
  throw new ConnectorError('protocol', `The server has more than ${pagesMax} pages.`)
}

/** Some servers give all pages of a search the same cookie: there a page is known by its first entry, too. */
function progressGuard({ flavour }: LdapSource): (cookie: Buffer, first: LdapEntry | undefined) => boolean {
  const seen = new Set<string>()
  return (cookie, first) => {
    const page = flavour.ownCookies ? cookie.toString('latin1') : `${cookie.toString('latin1')}\n${first?.dn ?? ''}`
    const isNew = !seen.has(page)
    seen.add(page)
    return isNew
  }
}

function assertReferences({ config }: LdapSource, references: readonly string[]): void {
  if (config.referrals === 'ignore' || references.every((reference) => harmlessReferences.test(reference))) return
  throw new ConnectorError(
    'incomplete',
    'The server refers to another one for a part of the tree. Read that one, choose a smaller base, or ignore referrals.',
  )
}
