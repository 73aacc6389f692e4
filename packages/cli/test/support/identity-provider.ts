/** As much of an identity provider as moves people into groups and out of them. */
export interface IdentityProvider {
  /** Answers the id of the resource. */
  createUser(name: string, attributes?: object): Promise<string>
  createGroup(name: string): Promise<string>
  changeMember(operation: 'add' | 'remove', groupId: string, userId: string): Promise<void>
  deactivate(userId: string): Promise<void>
}

const core = 'urn:ietf:params:scim:schemas:core:2.0'

export function createIdentityProvider({ scimBaseUrl, scimToken }: Record<string, string>): IdentityProvider {
  async function send(method: string, path: string, body: object): Promise<{ id: string }> {
    const response = await fetch(`${scimBaseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${scimToken}`, 'content-type': 'application/scim+json' },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? { id: '' } : JSON.parse(text)
  }
  const patch = (path: string, operation: object) =>
    send('PATCH', path, { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [operation] })

  return {
    createUser: async (name, attributes) => {
      const emails = [{ value: `${name}@example.test`, primary: true }]
      const user = { schemas: [`${core}:User`], userName: `${name}@example.test`, active: true, emails, ...attributes }
      return (await send('POST', '/Users', user)).id
    },
    createGroup: async (displayName) => (await send('POST', '/Groups', { schemas: [`${core}:Group`], displayName })).id,
    changeMember: async (op, groupId, userId) => {
      const change =
        op === 'add' ? { path: 'members', value: [{ value: userId }] } : { path: `members[value eq "${userId}"]` }
      await patch(`/Groups/${groupId}`, { op, ...change })
    },
    deactivate: async (userId) => {
      await patch(`/Users/${userId}`, { op: 'replace', path: 'active', value: false })
    },
  }
}
