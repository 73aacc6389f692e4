import type { Json } from '@muster/scim'

const longestCharacters = 160

/** A value for a sentence: JSON, cut when it is long. */
export function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return 'nothing'
  return cut(JSON.stringify(value), longestCharacters)
}

export function cut(text: string, characters: number): string {
  return text.length > characters ? `${text.slice(0, characters - 1)}…` : text
}
