import { type CustomAttribute, isCustomAttribute, isPersonAttribute, type PersonAttribute } from '../attributes.ts'
import { invalidSetting, settingsObject } from '../settings-input.ts'
import { shownKey } from '../shown-key.ts'
import { parseExpression } from './parse-expression.ts'

/** What a mapping fills. */
export type MappingTarget = PersonAttribute | CustomAttribute

/** A directory's own part of its mapping, over the default of its type: target → expression; null says "not mapped". */
export type Mapping = Readonly<Partial<Record<MappingTarget, string | null>>>

export const mappingLimits = { targets: 64, customAttributes: 50 } as const

export function isMappingTarget(key: string): key is MappingTarget {
  return isPersonAttribute(key) || isCustomAttribute(key)
}

/**
 * Checks a mapping that somebody sent, its expressions included; null and undefined are the empty one.
 * @throws `invalidValue`, naming the target and the position in its expression
 */
export function parseMapping(input: unknown): Mapping {
  const entries = Object.entries(input === null || input === undefined ? {} : settingsObject(input, 'mapping'))
  if (entries.length > mappingLimits.targets) {
    throw invalidSetting('mapping', `at most ${mappingLimits.targets} attributes are mapped`)
  }
  if (entries.filter(([key]) => isCustomAttribute(key)).length > mappingLimits.customAttributes) {
    throw invalidSetting('mapping', `at most ${mappingLimits.customAttributes} custom attributes are mapped`)
  }
  const mapping: Partial<Record<MappingTarget, string | null>> = {}
  for (const [target, expression] of entries) {
    if (!isMappingTarget(target)) {
      throw invalidSetting(
        'mapping',
        `${shownKey(target)} is neither an attribute of a person nor customAttributes.<name>, a letter and up to 63 letters, digits and underscores`,
      )
    }
    if (expression !== null && typeof expression !== 'string') {
      throw invalidSetting(target, 'an expression, as text, or null is expected')
    }
    if (expression !== null) parseExpression(expression, target)
    mapping[target] = expression
  }
  return mapping
}
