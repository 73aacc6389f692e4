import type { BulkMethod, JsonObject } from '@muster/scim'
import type { ResourceAnswer } from '../answers/resource-answer.ts'
import { createGroup, deleteGroup, modifyGroup, replaceGroup } from '../groups/write.ts'
import type { EntityTags } from '../requests/preconditions.ts'
import type { ScimContext } from '../scim-context.ts'
import { createUser, deleteUser, modifyUser, replaceUser } from '../users/write.ts'

/** One write, every reference in it replaced by an id. */
interface Write {
  data: JsonObject
  /** Undefined for any version. */
  expected?: EntityTags | undefined
}

interface Performances {
  POST: (context: ScimContext, write: Write) => Promise<ResourceAnswer>
  PUT: (context: ScimContext, write: Write, id: string) => Promise<ResourceAnswer>
  PATCH: (context: ScimContext, write: Write, id: string) => Promise<ResourceAnswer>
  DELETE: (context: ScimContext, write: Pick<Write, 'expected'>, id: string) => Promise<void>
}

/** Nobody reads the resources that a bulk request wrote: its answer says where they are and in which version. */
const selection = undefined

/** What a method does to a resource type; each is a transaction of its own. */
export const performances: Record<'user' | 'group', Performances> = {
  user: {
    POST: (context, { data }) => createUser(context, data, { selection }),
    PUT: (context, { data, expected }, id) => replaceUser(context, id, data, { selection, expected }),
    PATCH: (context, { data, expected }, id) => modifyUser(context, id, data, { selection, expected }),
    DELETE: (context, { expected }, id) => deleteUser(context, id, expected),
  },
  group: {
    POST: (context, { data }) => createGroup(context, data, { selection }),
    PUT: (context, { data, expected }, id) => replaceGroup(context, id, data, { selection, expected }),
    PATCH: (context, { data, expected }, id) => modifyGroup(context, id, data, { selection, expected }),
    DELETE: (context, { expected }, id) => deleteGroup(context, id, expected),
  },
}

/** The status of a success (RFC 7644 §3.3 to §3.6): what a request of its own would have, were its answer shown. */
export const successStatuses: Record<BulkMethod, number> = { POST: 201, PUT: 200, PATCH: 200, DELETE: 204 }
