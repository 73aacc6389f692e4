import { type CompatibilityFlag, compatibilityFlags } from '@muster/scim'
import { type RawBuilder, sql } from 'kysely'

/** Flags of a directory that are otherwise than its profile says. */
export type ScimFlags<Removed = never> = Partial<Record<CompatibilityFlag, boolean | Removed>>

/** The stored flags that this release knows: another one may have had more. */
export function readFlags(stored: Record<string, unknown>): ScimFlags {
  return Object.fromEntries(
    Object.entries(stored).filter(([flag, value]) => Object.hasOwn(compatibilityFlags, flag) && value !== null),
  ) as ScimFlags
}

/** The stored flags with these laid over them, as the value of the column; null takes one away. */
export function writtenFlags(flags: ScimFlags<null>): RawBuilder<string> {
  return sql`jsonb_strip_nulls(scim_flags || ${JSON.stringify(flags)}::jsonb)`
}
