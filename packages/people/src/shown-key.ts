const printableKey = /^[A-Za-z$_][\w$.:/-]{0,99}$/

/** A key of a setting for an error text; what does not look like one may be anything and is not repeated. */
export function shownKey(key: string): string {
  return printableKey.test(key) ? key : 'a name that is none'
}
