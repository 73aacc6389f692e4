import { randomBytes } from 'node:crypto'

/** Opaque tokens that lead on in a list: each for the list that it was made for, by the key that it goes on behind. */
export interface PageTokens {
  issue(list: string, behind: string): string
  /** Where a token leads; undefined for one that is not of this list, or has expired. */
  behind(list: string, token: string): string | undefined
  /** Three days have passed. */
  expire(): void
}

export function createPageTokens(): PageTokens {
  const known = new Map<string, { list: string; behind: string }>()
  return {
    issue: (list, behind) => {
      const token = `~!!~${randomBytes(24).toString('base64url')}`
      known.set(token, { list, behind })
      return token
    },
    behind: (list, token) => {
      const place = known.get(token)
      return place?.list === list ? place.behind : undefined
    },
    expire: () => known.clear(),
  }
}
