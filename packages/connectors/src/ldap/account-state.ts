import { type LdapEntry, textsOf } from './entry.ts'

/** ADS_UF_ACCOUNTDISABLE, learn.microsoft.com/en-us/windows/win32/adschema/a-useraccountcontrol. */
const accountDisabled = 0x2

const isTrue = (value: string) => value.toLowerCase() === 'true'

/**
 * How servers say that an account is disabled, by attribute. A lock after too many wrong passwords passes by itself and
 * disables nobody: `pwdAccountLockedTime` counts only with the value that an administrator sets.
 */
const disabledBy: Readonly<Record<string, (value: string) => boolean>> = {
  userAccountControl: (value) => (Number(value) & accountDisabled) !== 0,
  'msDS-UserAccountDisabled': isTrue,
  nsAccountLock: isTrue,
  loginDisabled: isTrue,
  'ds-pwp-account-disabled': isTrue,
  pwdAccountLockedTime: (value) => value === '000001010000Z',
}

export const stateAttributes: readonly string[] = Object.keys(disabledBy)

export function isActive(entry: LdapEntry): boolean {
  return !Object.entries(disabledBy).some(([attribute, isDisabled]) => textsOf(entry, attribute).some(isDisabled))
}
