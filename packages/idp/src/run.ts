import { MusterError } from '@muster/runtime/errors'
import type { Target } from './target.ts'
import type { Transcript } from './transcript.ts'
import { createVariables, type Variables } from './variables.ts'

const defaultRequestTimeoutMs = 10_000
const defaultRunTimeoutMs = 120_000

/** One playing of one transcript. */
export interface Run {
  readonly transcript: Transcript
  readonly target: Target
  readonly scimBaseUrl: string
  readonly variables: Variables
  readonly startedAt: number
  /** Ends a request at its own deadline or the run's, whichever comes first. */
  requestSignal(): AbortSignal
}

/** Prepares a run. Throws `badRequest` when the target lacks a usable address or a token. */
export function startRun(transcript: Transcript, target: Target): Run {
  const scimBaseUrl = checkedAddress('scimBaseUrl', target.scimBaseUrl)
  if (target.token === '') throw new MusterError('badRequest', 'token is empty')
  const { events } = target
  if (events) checkedAddress('adminUrl', events.adminUrl)
  const deadline = AbortSignal.timeout(target.runTimeoutMs ?? defaultRunTimeoutMs)
  const requestTimeoutMs = target.requestTimeoutMs ?? defaultRequestTimeoutMs
  return {
    transcript,
    target,
    scimBaseUrl,
    variables: createVariables({
      scimBaseUrl,
      ...(events && { organizationId: events.organizationId, directoryId: events.directoryId }),
    }),
    startedAt: performance.now(),
    requestSignal: () => AbortSignal.any([deadline, AbortSignal.timeout(requestTimeoutMs)]),
  }
}

function checkedAddress(name: string, address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '')
    throw new MusterError('badRequest', `${name} is not an http(s) address without query`)
  return address.replace(/\/+$/, '')
}
