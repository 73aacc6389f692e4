const scimAddress = /^\/scim\/([^/?]+)(\/[^?]*)?$/
const versionSegment = /^\/v\d+(?:\.\d+)?(?:\/|$)/
const idleEndings = ['/', '.scim']

/**
 * The one form of an address that has routes. Clients also write it without `v2` (a base URL that was copied too
 * short), with the suffix `.scim` (RFC 7644 §3.8), with a slash too many; all of it means the same.
 * A version other than ours stays, to be refused (RFC 7644 §3.13).
 */
export function canonicalAddress(url: string): string {
  const queryAt = url.indexOf('?')
  const path = queryAt < 0 ? url : url.slice(0, queryAt)
  const query = queryAt < 0 ? '' : url.slice(queryAt)
  const [, key, rest = ''] = scimAddress.exec(path.replace(/\/{2,}/g, '/')) ?? []
  if (key === undefined) return url
  const trimmed = withoutIdleEndings(rest)
  return `/scim/${key}${versionSegment.test(trimmed) ? trimmed : `/v2${trimmed}`}${query}`
}

/** Whether an address asks for a version of SCIM that is not 2. */
export function namesOtherVersion(path: string): boolean {
  const version = /^\/scim\/[^/]+\/v(\d+(?:\.\d+)?)(?:\/|$)/.exec(path)?.[1]
  return version !== undefined && version !== '2'
}

function withoutIdleEndings(path: string): string {
  let end = path.length
  for (;;) {
    const ending = idleEndings.find((candidate) => path.endsWith(candidate, end))
    if (ending === undefined || end === 0) return path.slice(0, end)
    end -= ending.length
  }
}
