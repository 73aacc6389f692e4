const secondsMin = 5
const secondsMax = 300

/** How long a hook, or one user's question, rests after so many failures in a row: 5 s, twice as long each time, up to 5 min. */
export function retrySeconds(failures: number): number {
  return Math.min(secondsMax, secondsMin * 2 ** Math.min(failures - 1, 10))
}
