import type { MergedRow } from '../settling/merge-people.ts'
import type { UserRow } from '../views/user-view.ts'

/** A person whose groups or roles changed and nothing else, for its events. */
export function unmerged(row: UserRow): MergedRow {
  return {
    ...row,
    before_attributes: row.attributes,
    before_state: row.state,
    before_directory_id: row.directory_id,
    before_idp_id: row.idp_id,
    before_manager_id: row.manager_id,
    held: true,
  }
}
