/** A signal that aborts when another does, for as long as it is not released. */
export interface LinkedAbort {
  signal: AbortSignal
  abort(reason: unknown): void
  release(): void
}

/**
 * What `AbortSignal.any` does, without holding on to everything that was ever linked to a signal that lives long, as some
 * versions of Node do.
 */
export function linkAbort(outer: AbortSignal | undefined): LinkedAbort {
  const controller = new AbortController()
  const follow = () => controller.abort(outer?.reason)
  if (outer?.aborted) follow()
  outer?.addEventListener('abort', follow, { once: true })
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release: () => outer?.removeEventListener('abort', follow),
  }
}
