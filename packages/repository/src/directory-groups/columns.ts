import { comparisonKey, foldedOverlay, type JsonObject } from '@muster/scim'

/** A group document under its id, as a source said it (canonical, without members; see packages/scim). */
export interface DirectoryGroupDraft {
  directoryGroupId: string
  document: JsonObject
  /** Whether no other group of the directory may have this displayName. */
  uniqueName: boolean
}

export function directoryGroupColumns({ directoryGroupId, document, uniqueName }: DirectoryGroupDraft) {
  const displayName = String(document.displayName)
  const folded = foldedOverlay(document)
  return {
    directory_group_id: directoryGroupId,
    display_name: displayName,
    display_name_key: comparisonKey(displayName),
    unique_name: uniqueName,
    external_id: typeof document.externalId === 'string' && document.externalId !== '' ? document.externalId : null,
    resource: JSON.stringify(document),
    folded: folded === undefined ? null : JSON.stringify(folded),
  }
}
