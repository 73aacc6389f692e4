/** Every reason that an explanation gives, with what it says. The code is stable; the text is for people. */
export const explainReasons = {
  counts: 'The directory says that the user is active, and the filters let it through.',
  inactiveInDirectory: 'The directory says that the user is not active.',
  goneFromDirectory: 'The directory does not have the user any more.',
  onlyActiveAreIncluded: 'The filters let only users through whom the directory calls active.',
  notInIncludedGroup: 'The filters want the user in one of certain groups, and it is in none of them.',
  inExcludedGroup: 'The filters keep everybody in this group out.',
  customFilter: 'The user has none of the values that the filter with this key wants.',
  removalHeld: 'What the directory took away waits for a decision in a hold, and counts until then.',
  directoryPaused: 'The directory is paused: what its source says in the meantime is not taken in.',
  directoryUnused: 'The directory has not been used yet: its source has said nothing so far.',
  directoryFailing: 'The directory fails: what its source says may not arrive.',
  notSettledYet:
    'What the directories and settings say has not been taken to the person yet: a settlement is under way.',
  waitsForHook: 'The hook of the application has not decided about the user yet.',
  vetoedByHook: 'The hook of the application said no: the user is not to become a person.',

  decidingLinkActive: 'The highest-ranked directory that holds the person counts the user as active.',
  decidingLinkInactive: 'The highest-ranked directory that holds the person does not count the user as active.',
  lastLinkGone: 'No directory holds the person any more: the last one let go of it.',
  neverInDirectory: 'No directory ever held the person: an administrator made it.',
  heldByDirectory: 'A directory holds the person.',

  valuePinned: 'An administrator pinned the value: it stands above every directory.',
  valueFromDirectory: 'The highest-ranked directory that provides a value provides this one.',
  valueByHand: 'An administrator gave the value, and no directory provides one.',
  valueKept: 'Nobody provides a value any more; the person keeps the one it had.',
  valueMissing: 'Nobody ever provided a value.',
  notMapped: 'The mapping of the directory does not fill the attribute.',
  nothingFound: 'What the mapping reads in the user of the directory is absent or empty.',
  provided: 'The directory provides a value.',

  managerResolved: 'The reference to the manager leads to this person.',
  managerKept: 'No directory refers to a manager any more; the person keeps the one it had.',
  noManagerReference: 'No directory refers to a manager.',
  managerUnknown: 'The reference to the manager leads to no user of the directory that gives it.',
  managerWithoutPerson: 'The reference to the manager leads to a user of the directory that has no person.',
  managerIsSelf: 'The reference to the manager leads to the person itself.',

  member: 'The directory says that the user is in the group.',
  nestedMember: 'The user is in a group that is in the group, directly or through others.',
  groupUnknown: 'There is no such group.',
  notInDirectory: 'The person comes from other directories than the group.',
  notMember: 'The user of the directory is not in the group, nor in a group inside it.',
  linkInactive: 'The user of the directory is in the group, but does not count.',
  personInactive: 'The person is inactive, and groups count for active people only.',

  assignedByHand: 'An administrator assigned the role.',
  assignedByMapping: 'A role mapping gives the role to everybody in the group.',
  noMapping: 'No role mapping gives the role, and nobody assigned it.',

  neverSent: 'No directory has such a user: none was ever sent, or it was deleted.',
  linkByEmailNever: 'Another person has the address, and the organization does not link by address.',
  domainNotVerified: 'Another person has the address, and the organization links only addresses of verified domains.',
  personTaken: 'Another person has the address, and already is another user of this directory.',
  linkedOnArrival: 'Another person has the address; users are linked only as they arrive, and then it was not so.',
} as const

export type ExplainReason = keyof typeof explainReasons

export interface Reference {
  id: string
  name: string
}

/** What a reason is about; ids are those that other people see. */
interface Particulars {
  /** Whose filters. */
  scope?: 'organization' | 'directory'
  group?: Reference
  /** Of a custom filter. */
  key?: string
  directory?: Reference
  userId?: string
  /** By the application, with a veto. */
  said?: string
}

/** A reason alone: what explanations carry beside what they explain. */
export interface Reasoned {
  reason: ExplainReason
  text: string
}

export interface Because extends Reasoned, Particulars {}

export function reasoned(reason: ExplainReason): Reasoned {
  return { reason, text: explainReasons[reason] }
}

export function because(reason: ExplainReason, particulars: Particulars = {}): Because {
  return { ...reasoned(reason), ...particulars }
}
