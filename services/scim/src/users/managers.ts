import { lookUpDirectoryUsers, type Reader } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { isUuid } from '@muster/runtime/type-ids'
import { enterpriseUserSchema, type JsonObject } from '@muster/scim'

/** The id that a document names as the manager; undefined when it names nobody, or the one that `before` named. */
export function newManagerIn(document: JsonObject, before?: JsonObject): string | undefined {
  const manager = managerIn(document)
  return manager === undefined || manager === (before && managerIn(before)) ? undefined : manager
}

function managerIn(document: JsonObject): string | undefined {
  const { manager } = (document[enterpriseUserSchema.id] ?? {}) as { manager?: { value?: string } }
  return manager?.value
}

/** Those of the managers who are no users of the directory. One statement whatever the number. */
export async function findUnknownManagers(
  reader: Reader,
  directoryId: string,
  managers: readonly string[],
): Promise<ReadonlySet<string>> {
  const ids = managers.filter(isUuid).map((id) => id.toLowerCase())
  const options = { withGroups: false }
  const found = ids.length === 0 ? new Map() : await lookUpDirectoryUsers(reader, directoryId, 'id', ids, options)
  return new Set(managers.filter((id) => !found.get(id.toLowerCase())?.length))
}

export function unknownManager(): MusterError {
  return new MusterError('invalidValue', 'manager: there is no such user in this directory.')
}
