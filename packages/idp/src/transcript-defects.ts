import type { Transcript } from './transcript.ts'

/**
 * Why a transcript proves nothing, one line each; `[]` for a good one. Transcripts may come from a file, and an empty
 * one must not pass.
 */
export function transcriptDefects({ name, steps, finalState }: Partial<Transcript>): string[] {
  return [
    ...(name ? [] : ['it has no name']),
    ...(steps && steps.length > 0 ? [] : ['it has no steps']),
    ...(finalState?.resources && finalState.resources.length > 0 ? [] : ['its final state looks at no resource']),
    ...(finalState?.events ? [] : ['its final state says nothing about events']),
  ]
}
