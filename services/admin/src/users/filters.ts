import type { UserQuery } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { type Static, Type } from 'typebox'
import { filterUuid } from '../ids.ts'
import type { closed } from '../schema/parameters.ts'
import { searchText } from '../schema/values.ts'

const id = (description: string) => Type.Optional(Type.String({ maxLength: 64, description }))
const text = (description: string) => Type.Optional(Type.String({ ...searchText, description }))

/** Ids of people that one request may name. */
const idsMax = 200

/** What narrows a list or count of people; all of it must hold. */
export const userFilters = {
  ids: Type.Optional(
    Type.String({ maxLength: 8_000, description: `Exactly these people: up to ${idsMax} ids, separated by commas.` }),
  ),
  email: text('The whole address, in any case.'),
  q: text('Up to five words; with each of them the address, first name, last name or username begins, in any case.'),
  state: Type.Optional(Type.Enum(['active', 'inactive'])),
  directoryId: id('People whom this directory holds.'),
  groupId: id('People in this group, or in a group inside it.'),
  roleId: text('People with this role, wherever it comes from.'),
  managerId: id('People whose manager is this user.'),
  source: Type.Optional(
    Type.Enum(['directory', 'manual'], { description: '`manual`: people whom no directory ever held.' }),
  ),
}

/** @throws `invalidValue` for an id that is none of its kind */
export function readUserFilters(query: Static<ReturnType<typeof closed<typeof userFilters>>>): UserQuery {
  const { ids, email, q, state, directoryId, groupId, roleId, managerId, source } = query
  return {
    ids: readIds(ids),
    ...{ email, q, state, roleId, source },
    directoryId: filterUuid('directory', 'directoryId', directoryId),
    groupId: filterUuid('group', 'groupId', groupId),
    managerId: filterUuid('user', 'managerId', managerId),
  }
}

function readIds(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined
  const ids = [...new Set(text.split(','))]
  if (ids.length > idsMax) throw new MusterError('invalidValue', `query.ids may name ${idsMax} people.`)
  return ids.flatMap((each) => filterUuid('user', 'ids', each) ?? [])
}
