import { defaultGuardLimits } from '@muster/people'
import type { JsonObject } from '@muster/scim'
import { Type } from 'typebox'

const texts = { type: 'array', items: { type: 'string' } }

/** Checked by packages/people, whose errors say where. */
export const syncFiltersSchema = Type.Unsafe<JsonObject>({
  type: 'object',
  description:
    'Which directory users count: those who pass the filters of the organization and of their directory. What filters keep out is stored all the same. Replaced as a whole; what is left out lets everybody pass.',
  properties: {
    includeGroups: {
      ...texts,
      description:
        'Names (in any case) or ids of groups; whoever is in one of them passes, groups inside them counted. Empty: everybody.',
    },
    excludeGroups: { ...texts, description: 'Whoever is in one of these groups does not pass.' },
    includeActive: { type: 'boolean', description: 'Only who is active at the source.' },
    customFilters: {
      type: 'object',
      additionalProperties: texts,
      description:
        'Attribute → values, one of which it must have: an attribute of the person, a customAttributes.<name>, or an expression over the document.',
    },
  },
})

const limitMeanings = {
  removalsMax: 'More removals than this are held.',
  percentMax: 'So is a larger part of all, where one of the next two is reached.',
  populationMin: 'There are at least so many.',
  removalsMin: 'At least so many are removed.',
} as const satisfies Record<keyof typeof defaultGuardLimits, string>

const limits = {
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(limitMeanings).map(([name, meaning]) => [
      name,
      {
        type: 'integer',
        description: `${meaning} ${defaultGuardLimits[name as keyof typeof limitMeanings]} unless set.`,
      },
    ]),
  ),
}

/** Checked by packages/people. */
export const guardSchema = Type.Unsafe<JsonObject>({
  type: 'object',
  description: 'How much may be removed at once before it waits in a hold: for each kind limits, or "off".',
  properties: Object.fromEntries(
    ['users', 'groups', 'memberships'].map((kind) => [kind, { anyOf: [limits, { const: 'off' }] }]),
  ),
})
