import type { ListSelection } from '@muster/repository'
import { parseFilter, parseSort, type ResourceType } from '@muster/scim'
import type { ScimContext } from '../scim-context.ts'
import type { ListRequest } from './list-request.ts'

/**
 * Which resources of a type a request wants, in which order. `alsoKnown` are the other types of the same query.
 * @throws `invalidFilter`, `invalidValue`, `sensitive`
 */
export function listSelection(
  { dialect: { profile } }: ScimContext,
  { filter, sortBy, sortOrder }: ListRequest,
  type: ResourceType,
  alsoKnown: readonly ResourceType[] = [],
): ListSelection {
  return {
    filter: filter === undefined ? undefined : parseFilter(filter, type, profile, { alsoKnown }),
    sort: parseSort({ sortBy, sortOrder }, type, profile, { alsoKnown }),
  }
}
