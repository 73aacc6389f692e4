import { randomInt } from 'node:crypto'

/** `MUSTER_LONG=1`, as `make test-long` sets it: random tests try many more cases. */
export const isLong = process.env.MUSTER_LONG === '1'

/**
 * The seed of this process's random tests: another one every time, or `MUSTER_SEED`. Put it into the title of the test, so
 * that whoever sees a failure can repeat it with `MUSTER_SEED=n`.
 */
export const seed = seedElse(randomInt(1_000_000))

/** For a test that takes the same cases in every run, until `MUSTER_SEED` asks for others. Throws when that is no integer. */
export function seedElse(usual: number): number {
  const { MUSTER_SEED: wanted = '' } = process.env
  if (wanted === '') return usual
  if (!/^-?\d{1,10}$/.test(wanted)) throw new Error(`MUSTER_SEED is a number of at most ten digits, not ${wanted}`)
  return Number(wanted)
}

/** How many of something: so many in a normal run, so many in a long one. */
export function times(usually: number, long: number): number {
  return isLong ? long : usually
}
