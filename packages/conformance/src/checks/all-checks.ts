import type { Check } from '../check.ts'
import { bulkChecks } from './bulk.ts'
import { bulkReferenceChecks } from './bulk-references.ts'
import { characteristicChecks } from './characteristics.ts'
import { commonAttributeChecks } from './common-attributes.ts'
import { createChecks } from './create.ts'
import { cursorPagingChecks } from './cursor-paging.ts'
import { deleteChecks } from './delete.ts'
import { discoveryChecks } from './discovery.ts'
import { errorChecks } from './errors.ts'
import { etagChecks } from './etags.ts'
import { filterPathChecks } from './filter-paths.ts'
import { filterChecks } from './filters.ts'
import { groupChecks } from './groups.ts'
import { hardeningChecks } from './hardening.ts'
import { indexPagingChecks } from './index-paging.ts'
import { mediaTypeChecks } from './media-types.ts'
import { patchAddChecks } from './patch-add.ts'
import { patchRemoveChecks } from './patch-remove.ts'
import { patchReplaceChecks } from './patch-replace.ts'
import { patchRequestChecks } from './patch-requests.ts'
import { projectionChecks } from './projection.ts'
import { queryChecks } from './queries.ts'
import { replaceChecks } from './replace.ts'
import { schemaChecks } from './schemas.ts'
import { searchChecks } from './search.ts'
import { sortingChecks } from './sorting.ts'
import { userAttributeChecks } from './user-attributes.ts'
import { versionChecks } from './versions.ts'

/** The corpus, in the order of the checklist. */
export const allChecks: readonly Check[] = [
  ...discoveryChecks,
  ...schemaChecks,
  ...mediaTypeChecks,
  ...versionChecks,
  ...errorChecks,
  ...commonAttributeChecks,
  ...userAttributeChecks,
  ...groupChecks,
  ...characteristicChecks,
  ...createChecks,
  ...queryChecks,
  ...filterChecks,
  ...filterPathChecks,
  ...sortingChecks,
  ...indexPagingChecks,
  ...cursorPagingChecks,
  ...projectionChecks,
  ...searchChecks,
  ...replaceChecks,
  ...patchRequestChecks,
  ...patchAddChecks,
  ...patchRemoveChecks,
  ...patchReplaceChecks,
  ...deleteChecks,
  ...bulkChecks,
  ...bulkReferenceChecks,
  ...etagChecks,
  ...hardeningChecks,
].toSorted((one, other) => one.points[0] - other.points[0])
