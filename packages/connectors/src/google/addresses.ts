import type { SourceUser } from '../source-record.ts'
import type { GoogleDocuments } from './google-documents.ts'

type User = GoogleDocuments['user']
type Address = SourceUser['emails'][number]

/** What others may call a user or a group by: its address, and the others that mail to it comes by. */
export function namesOf({ aliases, nonEditableAliases }: User | GoogleDocuments['group'], address: string): string[] {
  const names = [address, ...(aliases ?? []), ...(nonEditableAliases ?? [])]
  return [...new Set(names.map((name) => name.toLowerCase()))]
}

/** The addresses of a user, the one of the account first. Those that Google makes for itself are left out. */
export function addressesOf(user: User, primaryEmail: string): Address[] {
  const made = new Set((user.nonEditableAliases ?? []).map((alias) => alias.toLowerCase()))
  const listed: readonly GoogleDocuments['email'][] = Array.isArray(user.emails) ? user.emails : []
  const addresses: Address[] = [
    { value: primaryEmail },
    ...listed.flatMap(({ address, type, customType }) => {
      const kind = type === 'custom' ? customType : type
      return typeof address === 'string' ? [{ value: address, ...(typeof kind === 'string' && { type: kind }) }] : []
    }),
    ...(user.aliases ?? []).map((value) => ({ value })),
  ]
  const byKey = new Map<string, Address>()
  for (const { value, type } of addresses) {
    const key = value.toLowerCase()
    const known = byKey.get(key)
    if (value !== '' && !made.has(key)) byKey.set(key, { ...(type !== undefined && { type }), value, ...known })
  }
  return [...byKey.values()]
}
