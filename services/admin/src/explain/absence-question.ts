import type { AbsenceKey } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { isUuid } from '@muster/runtime/type-ids'
import { type Static, Type } from 'typebox'
import type { closed } from '../schema/parameters.ts'
import { searchText } from '../schema/values.ts'

/** By what to look for somebody: one of them. */
export const absenceKeys = {
  email: Type.Optional({ ...searchText, description: 'Any address of the user of a directory, in any case.' }),
  userName: Type.Optional({ ...searchText, description: 'In any case.' }),
  directoryUserId: Type.Optional(Type.String({ maxLength: 64, description: 'The SCIM id: a bare UUID.' })),
  externalId: Type.Optional(searchText),
}

/** @throws `invalidValue` unless there is exactly one, and one that can be */
export function readQuestion(query: Static<ReturnType<typeof closed<typeof absenceKeys>>>): {
  by: AbsenceKey
  value: string
} {
  const names = Object.keys(absenceKeys) as AbsenceKey[]
  const [asked, ...others] = names.flatMap((by) => {
    const value = query[by]
    return value === undefined ? [] : [{ by, value }]
  })
  if (asked === undefined || others.length > 0) {
    throw new MusterError('invalidValue', `query: exactly one of ${names.join(', ')} is expected.`)
  }
  if (asked.by === 'directoryUserId' && !isUuid(asked.value)) {
    throw new MusterError('invalidValue', 'query.directoryUserId is not a UUID.')
  }
  return asked
}
