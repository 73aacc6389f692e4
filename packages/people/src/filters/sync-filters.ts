import { invalidSetting, settingsObject, textList } from '../settings-input.ts'
import { shownKey } from '../shown-key.ts'
import { compileFilterKey } from './filter-key.ts'

/**
 * Which directory users become people. A group is a name (compared folded) or a `group_…` id; nested groups count.
 * `includeGroups` empty: whoever. `includeActive`: only who is active at the source. Each of `customFilters` wants one
 * of its values: of a person attribute, a `customAttributes.<name>`, or else whatever the expression finds in the
 * document of the directory user.
 */
export interface SyncFilters {
  readonly includeGroups: readonly string[]
  readonly excludeGroups: readonly string[]
  readonly includeActive: boolean
  readonly customFilters: Readonly<Record<string, readonly string[]>>
}

export const filterLimits = { groups: 200, customFilters: 20, values: 200, characters: 1_024 } as const

/** Lets everybody pass. */
export const noFilters: SyncFilters = { includeGroups: [], excludeGroups: [], includeActive: false, customFilters: {} }

/**
 * Checks filters that somebody sent; what is left out (or null) is as in `noFilters`.
 * @throws `invalidValue`, naming the filter, never its values
 */
export function parseSyncFilters(input: unknown): SyncFilters {
  const given = settingsObject(input ?? {}, 'syncFilters', Object.keys(noFilters))
  const groups = { max: filterLimits.groups, charactersMax: filterLimits.characters }
  const includeActive = given.includeActive ?? noFilters.includeActive
  if (typeof includeActive !== 'boolean') throw invalidSetting('syncFilters.includeActive', 'true or false is expected')
  return {
    includeGroups: textList(given.includeGroups ?? [], 'syncFilters.includeGroups', groups),
    excludeGroups: textList(given.excludeGroups ?? [], 'syncFilters.excludeGroups', groups),
    includeActive,
    customFilters: parseCustomFilters(given.customFilters ?? {}),
  }
}

function parseCustomFilters(input: unknown): SyncFilters['customFilters'] {
  const where = 'syncFilters.customFilters'
  const entries = Object.entries(settingsObject(input, where))
  if (entries.length > filterLimits.customFilters) {
    throw invalidSetting(where, `at most ${filterLimits.customFilters} are expected`)
  }
  const parsed = entries.map(([key, values]) => {
    const place = `${where}.${shownKey(key)}`
    compileFilterKey(key, place)
    const texts = textList(values, place, { max: filterLimits.values, charactersMax: filterLimits.characters })
    if (texts.length === 0) throw invalidSetting(place, 'without a value nobody would pass')
    return [key, texts] as const
  })
  return Object.fromEntries(parsed)
}
