import { MusterError } from '@muster/runtime/errors'
import { fromTypeId, type IdKind } from '@muster/runtime/type-ids'

/** The one answer to an id that is unknown, malformed or somebody else's: byte for byte the same. */
export function notFound(): MusterError {
  return new MusterError('notFound', 'There is nothing with this id.')
}

/** The UUID of an id in an address. @throws `notFound` */
export function uuidOf(kind: IdKind, id: string): string {
  const uuid = fromTypeId(kind, id)
  if (uuid === undefined) throw notFound()
  return uuid
}

/** What was found. @throws `notFound` */
export function found<T>(resource: T | undefined): T {
  if (resource === undefined) throw notFound()
  return resource
}

/** The UUID of an id that narrows a list. @throws `invalidValue` naming the parameter */
export function filterUuid(kind: IdKind, name: string, id: string | undefined): string | undefined {
  if (id === undefined) return undefined
  const uuid = fromTypeId(kind, id)
  if (uuid === undefined) throw new MusterError('invalidValue', `query.${name} is not an id of this kind.`)
  return uuid
}
