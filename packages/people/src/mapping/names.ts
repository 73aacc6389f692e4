/**
 * How names are written in expressions: bare when they look like attribute names, else between backticks (a name that
 * holds a backtick itself cannot be written). `urnContainer` is the part of `urn:…:2.0:User:department` before the
 * attribute, its last colon included (RFC 7644 §3.10); no bare name has a colon, so it ends at the last one.
 */
export const bareName = /[A-Za-z_$][\w$;-]*/y
export const quotedName = /`([^`]{1,256})`/y
export const urnContainer = /urn:[\w$;:.-]*:/iy

/** A name as an expression has it. */
export function printName(name: string): string {
  return isWhole(bareName, name) ? name : `\`${name}\``
}

/** Whether a name can be written as the container of an URN path. */
export function isUrnContainer(name: string): boolean {
  return isWhole(urnContainer, `${name}:`)
}

function isWhole(pattern: RegExp, text: string): boolean {
  pattern.lastIndex = 0
  return pattern.test(text) && pattern.lastIndex === text.length
}
