import { randomBytes } from 'node:crypto'
import type { FakeDirectory, FakeGroup } from '../fake-directory/index.ts'
import type { FakeAnswer, FakeRequest } from '../fake-http/index.ts'
import { groupDocument, membershipDocument, userDocument } from './documents.ts'
import { errorAnswer, jsonAnswer } from './fake-answers.ts'

const target = 'AWSIdentityStore.'
const resultsMax = 100

/** Whom a part of a list is of, and where it begins. */
interface Place {
  list: string
  offset: number
}

interface ListInput {
  IdentityStoreId?: unknown
  GroupId?: string
  MaxResults?: number
  NextToken?: string
  Extensions?: string[]
}

interface Listed {
  name: string
  items: readonly unknown[]
  toDocument(item: never): object
}

/** The list operations of a store, with tokens that lead on until they are forgotten. */
export interface FakeLists {
  answer(request: FakeRequest): FakeAnswer
  /** A token that leads to the very part that a request asks for. */
  tokenTo(request: FakeRequest): string
  forgetTokens(): void
}

/** The name of the operation that a request is for; undefined when it is for none of the Identity Store. */
export function operationOf({ headers }: FakeRequest): string | undefined {
  const named = headers['x-amz-target']
  return named?.startsWith(target) ? named.slice(target.length) : undefined
}

/** `pageSize`: a part holds no more, however many are asked for, as the API may. */
export function createFakeLists(
  directory: FakeDirectory,
  { identityStoreId, pageSize }: { identityStoreId: string; pageSize: number },
): FakeLists {
  const tokens = new Map<string, Place>()
  let known = { changes: -1, users: [] as unknown[], groups: [] as unknown[] }

  const tokenAt = (place: Place) => {
    const token = `AAMA-EFRSURBSGhvcGFxdWU${randomBytes(24).toString('base64')}`
    tokens.set(token, place)
    return token
  }
  const listsNow = () => {
    const changes = directory.changes.length
    if (known.changes === changes) return known
    known = { changes, users: [...directory.users.values()], groups: [...directory.groups.values()] }
    return known
  }
  const listed = (operation: string | undefined, input: ListInput): Listed | FakeAnswer => {
    if (operation === 'ListUsers') {
      const toDocument = (user: never) => userDocument(user, identityStoreId, input.Extensions ?? [])
      return { name: 'Users', items: listsNow().users, toDocument }
    }
    if (operation === 'ListGroups') {
      const toDocument = (group: never) => groupDocument(group, identityStoreId)
      return { name: 'Groups', items: listsNow().groups, toDocument }
    }
    const group = directory.groups.get(input.GroupId ?? '')
    if (group === undefined)
      return errorAnswer('ResourceNotFoundException', { ResourceType: 'GROUP', ResourceId: input.GroupId })
    const toDocument = (id: never) => membershipDocument(group, id, identityStoreId)
    return { name: 'GroupMemberships', items: usersOf(directory, group), toDocument }
  }
  return {
    tokenTo: (request) => {
      const { list, offset } = placeOf(request, tokens) ?? { list: listOf(request), offset: 0 }
      return tokenAt({ list, offset })
    },
    forgetTokens: () => tokens.clear(),
    answer: (request) => {
      const input = inputOf(request)
      if (input.IdentityStoreId !== identityStoreId) {
        const about = { ResourceType: 'IDENTITY_STORE', ResourceId: input.IdentityStoreId }
        return errorAnswer('ResourceNotFoundException', about)
      }
      const asked = input.MaxResults ?? resultsMax
      const place = placeOf(request, tokens)
      if (place === undefined || asked < 1 || asked > resultsMax) return errorAnswer('ValidationException')
      const found = listed(operationOf(request), input)
      if (!('items' in found)) return found
      const end = place.offset + Math.min(asked, pageSize)
      const documents = found.items.slice(place.offset, end).map((item) => found.toDocument(item as never))
      const next = end < found.items.length && { NextToken: tokenAt({ list: place.list, offset: end }) }
      return jsonAnswer({ [found.name]: documents, ...next })
    },
  }
}

/** Members of groups are users; no others are taken in. */
function usersOf(directory: FakeDirectory, { members }: FakeGroup): string[] {
  return [...members].filter((id) => directory.users.has(id))
}

function placeOf(request: FakeRequest, tokens: ReadonlyMap<string, Place>): Place | undefined {
  const { NextToken: token } = inputOf(request)
  const place = token === undefined ? { list: listOf(request), offset: 0 } : tokens.get(token)
  return place?.list === listOf(request) ? place : undefined
}

function listOf(request: FakeRequest): string {
  return `${operationOf(request)} ${inputOf(request).GroupId ?? ''}`
}

function inputOf({ body }: FakeRequest): ListInput {
  return JSON.parse(body)
}
