import { MusterError } from '@muster/runtime/errors'
import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'

/**
 * The order of directories that somebody asks for: a whole one, or one of them put before the others, or both. Ids that
 * are in the order of today may stay, their directories deleted. Undefined when nothing is asked for.
 * @throws `invalidValue` when there is no directory of an id
 */
export async function resolveDirectoryOrder(
  reader: Reader,
  asked: { directoryOrder?: readonly string[] | undefined; primaryDirectoryId?: string | undefined },
): Promise<string[] | undefined> {
  const { directoryOrder, primaryDirectoryId } = asked
  if (directoryOrder === undefined && primaryDirectoryId === undefined) return undefined
  const [row] = await send(
    reader.db,
    sql<{ directory_order: string[]; known: string[] }>`
    SELECT directory_order, ARRAY(SELECT directory_id FROM directories
      WHERE organization_id = ${reader.organizationId}) AS known
    FROM organizations WHERE organization_id = ${reader.organizationId}`,
  )
  if (row === undefined) throw new Error('The organization is gone')
  const first = primaryDirectoryId === undefined ? [] : [primaryDirectoryId]
  const order = [...new Set([...first, ...(directoryOrder ?? row.directory_order)])]
  const known = new Set([...row.known, ...row.directory_order])
  if (order.every((directoryId) => known.has(directoryId))) return order
  const name =
    primaryDirectoryId !== undefined && !known.has(primaryDirectoryId) ? 'primaryDirectoryId' : 'directoryOrder'
  throw unknownDirectory(name)
}

/** The error for a setting, by its name, that holds no id of a directory of the organization. */
export function unknownDirectory(name: 'primaryDirectoryId' | 'directoryOrder'): MusterError {
  return new MusterError('invalidValue', `body.${name} names a directory that is not there.`)
}
