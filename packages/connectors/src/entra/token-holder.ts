import type { AccessToken } from './access-token.ts'

/** A token that ends within so long is not used any more. */
const aheadMilliseconds = 120_000

/** The token of one connector, in memory alone. */
export interface TokenHolder {
  current(): Promise<string>
  /** Another one than the one that was refused. */
  instead(refused: string): Promise<string>
}

/** `acquire` is called by one at a time; whoever else needs a token meanwhile has the same. */
export function createTokenHolder(acquire: () => Promise<AccessToken>): TokenHolder {
  let held: AccessToken | undefined
  let underWay: Promise<AccessToken> | undefined
  const current = async () => {
    if (held !== undefined && held.expiresAt - aheadMilliseconds > Date.now()) return held.text
    underWay ??= acquire().finally(() => {
      underWay = undefined
    })
    held = await underWay
    return held.text
  }
  return {
    current,
    instead: (refused) => {
      if (held?.text === refused) held = undefined
      return current()
    },
  }
}
