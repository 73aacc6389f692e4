/** An edge that a statement added or removed, to a user or to a group. */
export interface EdgeRow {
  member_id: string
  directory_user_id: string | null
}

/** The net effect of several steps on the members of one group: what a later step takes back did not happen. */
export class MemberChanges {
  readonly #edges = new Map<string, { effect: 'added' | 'removed'; isUser: boolean }>()

  note(effect: 'added' | 'removed', rows: readonly EdgeRow[]): void {
    for (const { member_id, directory_user_id } of rows) {
      const earlier = this.#edges.get(member_id)
      if (earlier === undefined) this.#edges.set(member_id, { effect, isUser: directory_user_id !== null })
      else if (earlier.effect !== effect) this.#edges.delete(member_id)
    }
  }

  get changed(): boolean {
    return this.#edges.size > 0
  }

  /** Whether somebody, or some group, left. */
  get removes(): boolean {
    return [...this.#edges.values()].some(({ effect }) => effect === 'removed')
  }

  /** The users who joined or left in the end. */
  get directoryUserIds(): string[] {
    return [...this.#edges].filter(([, { isUser }]) => isUser).map(([id]) => id)
  }

  /** The groups that did. */
  get childGroupIds(): string[] {
    return [...this.#edges].filter(([, { isUser }]) => !isUser).map(([id]) => id)
  }
}
