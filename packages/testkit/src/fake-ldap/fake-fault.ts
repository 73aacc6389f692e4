/**
 * What a fake server does to a search. `code`: answers so, after this many entries of the page. `reset`: breaks the
 * connection off. `close`: ends it properly. `midEntry`: sends half of the page and hangs up. `hang`: never answers.
 * `garbage`: sends what is no LDAP. `notice`: says that it disconnects, with code 52, and does. `emptyPage`: a page without entries
 * whose cookie goes on. `sameCookie`: the page whose cookie leads to itself. `noPaging`: the page without the control. `anonymous`:
 * forgets who is bound. `reference`: a reference to another server beside the entries. `twice`: every entry of the page twice. `without`:
 * entries without an attribute.
 */
export type FakeFault =
  | { code: number; entries?: number }
  | { without: string }
  | 'twice'
  | 'reset'
  | 'close'
  | 'midEntry'
  | 'hang'
  | 'garbage'
  | 'notice'
  | 'emptyPage'
  | 'sameCookie'
  | 'noPaging'
  | 'anonymous'
  | 'reference'

export type SearchKind = 'pages' | 'ranges'

export interface FakeEvent {
  does: FakeFault
  /** To which searches: paged ones without it, or those for a further part of an attribute (`member;range=…`). */
  of?: SearchKind
  /** The n-th search of its kind since the script was given, from 1; every one without it. */
  at?: number
  /** Goes on with every search behind that one. */
  onwards?: boolean
}
