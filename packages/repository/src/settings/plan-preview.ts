import type { Database } from '../database/database.ts'
import type { OrganizationScope } from '../database/organization-scope.ts'
import { read } from '../database/read.ts'
import { loadBasis, type SettingsChange } from './plan-basis.ts'
import { type Impact, planImpact } from './plan-impact.ts'

/**
 * What a change of settings would do, without making it: saves nothing and locks nothing. Undefined when there is no
 * directory of this id. The deadline is in milliseconds from now.
 */
export async function previewSettings(
  database: Database,
  scope: OrganizationScope,
  change: SettingsChange,
  options: { deadlineMilliseconds: number },
): Promise<Impact | undefined> {
  const basis = await read(database, scope, (reader) => loadBasis(reader, change))
  return basis && planImpact(database, scope, basis, change, options)
}
