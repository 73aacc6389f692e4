import { documentPaths } from '@muster/people'
import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'

/** What a mapping can be written over. */
export interface AttributePaths {
  /** Documents that were looked at. */
  documents: number
  /** Expressions, and in how many of the documents each finds a text; the most frequent first. */
  paths: { expression: string; documents: number }[]
}

const documentsMax = 1_000
/** What types in lists would make of a directory full of nonsense. */
const pathsMax = 1_000

/** What the first 1,000 documents of a directory's users hold. */
export async function listAttributePaths(reader: Reader, directoryId: string): Promise<AttributePaths> {
  const rows = await send(
    reader.db,
    sql<{ resource: unknown }>`
    SELECT resource FROM directory_users WHERE organization_id = ${reader.organizationId}
      AND directory_id = ${directoryId} ORDER BY directory_user_id LIMIT ${sql.lit(documentsMax)}`,
  )
  const counts = new Map<string, number>()
  for (const { resource } of rows) {
    for (const path of documentPaths(resource)) counts.set(path, (counts.get(path) ?? 0) + 1)
  }
  const paths = [...counts].map(([expression, documents]) => ({ expression, documents }))
  paths.sort((a, b) => b.documents - a.documents || (a.expression < b.expression ? -1 : 1))
  return { documents: rows.length, paths: paths.slice(0, pathsMax) }
}
