import {
  type Group,
  type GroupMembership,
  ListGroupMembershipsCommand,
  ListGroupsCommand,
  ListUsersCommand,
  type User,
} from '@aws-sdk/client-identitystore'
import type { ConnectorContext } from '../connector-context.ts'
import { ConnectorError } from '../connector-error.ts'
import { createPace } from '../http/pace.ts'
import { createSourceFetch } from '../http/source-fetch.ts'
import type { AwsConfig } from './config.ts'
import { endpointsOf } from './endpoints.ts'
import { openSession } from './session.ts'

/** What the API allows. */
const resultsMax = 100
/** The one extension that there is: department, employee number, manager and the like. */
const extensions = ['aws:identitystore:enterprise']

/** A part of a list, and what leads to the next one. */
export interface ListPage<Item> {
  items: readonly Item[]
  next?: string | undefined
}

/** The lists of an identity store, part by part. @throws ConnectorError */
export interface IdentityStore {
  users(token?: string): Promise<ListPage<User>>
  groups(token?: string, limit?: number): Promise<ListPage<Group>>
  members(groupId: string, token?: string, limit?: number): Promise<ListPage<GroupMembership>>
}

/** The Identity Store API by its SDK (AWSIdentityStore, version 2020-06-15). */
export function openIdentityStore(config: AwsConfig, context: ConnectorContext): IdentityStore {
  const endpoints = endpointsOf(config)
  const fetch = createSourceFetch(context, { origins: Object.values(endpoints) })
  const session = openSession(config, fetch, endpoints)
  const pace = createPace(context)
  const { identityStoreId: IdentityStoreId } = config
  const attempt = async <Answer>(send: (client: Awaited<ReturnType<typeof session>>) => Promise<Answer>) => {
    const client = await session()
    return send(client).catch((error: unknown) => {
      context.signal.throwIfAborted()
      if (error instanceof ConnectorError) throw error
      // What the SDK says of an answer repeats it.
      throw new ConnectorError('protocol', 'The Identity Store answered otherwise than its model says.')
    })
  }
  const inputOf = (token: string | undefined, limit = resultsMax) => {
    return { IdentityStoreId, MaxResults: limit, ...(token !== undefined && { NextToken: token }) }
  }
  return {
    users: (token) =>
      pace.run(async () => {
        const command = new ListUsersCommand({ ...inputOf(token), Extensions: extensions })
        const { Users, NextToken } = await attempt((client) => client.send(command))
        return pageOf('Users', Users, NextToken)
      }),
    groups: (token, limit) =>
      pace.run(async () => {
        const command = new ListGroupsCommand(inputOf(token, limit))
        const { Groups, NextToken } = await attempt((client) => client.send(command))
        return pageOf('Groups', Groups, NextToken)
      }),
    members: (groupId, token, limit) =>
      pace.run(async () => {
        const command = new ListGroupMembershipsCommand({ ...inputOf(token, limit), GroupId: groupId })
        const { GroupMemberships, NextToken } = await attempt((client) => client.send(command))
        return pageOf('GroupMemberships', GroupMemberships, NextToken)
      }),
  }
}

/** The SDK does not look whether the list is there that must be. */
function pageOf<Item>(name: string, items: Item[] | undefined, next: string | undefined): ListPage<Item> {
  if (!Array.isArray(items)) throw new ConnectorError('protocol', `The Identity Store answered without ${name}.`)
  return { items, next: next === '' ? undefined : next }
}
