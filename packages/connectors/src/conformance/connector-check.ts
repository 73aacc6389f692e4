import type { ConnectorSubject } from './connector-subject.ts'

/** One thing that every connector must do. It needs no test framework: `run` throws an AssertionError of Node. */
export interface ConnectorCheck {
  name: string
  /** Why a subject cannot show it; undefined when it can. */
  lackOf(subject: ConnectorSubject): string | undefined
  run(subject: ConnectorSubject): Promise<void>
}

/** A check that every subject can show. */
export function checkOf(name: string, run: ConnectorCheck['run']): ConnectorCheck {
  return { name, run, lackOf: () => undefined }
}

/** A check of subjects that have a delta. */
export function deltaCheckOf(name: string, run: ConnectorCheck['run']): ConnectorCheck {
  return { name, run, lackOf: ({ delta }) => (delta === 'shown' ? undefined : delta.lacks) }
}
