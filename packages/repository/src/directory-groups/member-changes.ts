/** An edge that a statement added or removed; `user_id` is the active person at its end, null for others. */
export interface EdgeRow {
  member_id: string
  user_id: string | null
}

/**
 * The net effect of several steps on the members of one group: what a later step takes back did not happen. Each edge
 * and each person stands with what became of it.
 */
export class MemberChanges {
  readonly #edges = new Map<string, 'added' | 'removed'>()
  readonly #users = new Map<string, 'added' | 'removed'>()

  note(effect: 'added' | 'removed', rows: readonly EdgeRow[]): void {
    for (const row of rows) {
      noteOne(this.#edges, row.member_id, effect)
      if (row.user_id !== null) noteOne(this.#users, row.user_id, effect)
    }
  }

  get changed(): boolean {
    return this.#edges.size > 0
  }

  /** The persons who joined or left in the end, in order of id. */
  userIds(effect: 'added' | 'removed'): string[] {
    return [...this.#users]
      .filter(([, what]) => what === effect)
      .map(([id]) => id)
      .sort()
  }
}

function noteOne(changes: Map<string, 'added' | 'removed'>, id: string, effect: 'added' | 'removed'): void {
  const earlier = changes.get(id)
  if (earlier === undefined) changes.set(id, effect)
  else if (earlier !== effect) changes.delete(id)
}
