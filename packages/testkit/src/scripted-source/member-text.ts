import type { MemberKey } from '@muster/connectors'

/** A member as text that two equal ones share; references are compared without regard to case. */
export function memberText(member: MemberKey): string {
  return 'id' in member ? `id ${member.id}` : `reference ${member.reference.toLowerCase()}`
}
