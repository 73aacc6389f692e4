import { setTimeout as delay } from 'node:timers/promises'
import {
  type ConnectorSubject,
  type PopulationChange,
  type PreparedSource,
  samplePopulation,
} from '@muster/connectors/conformance'
import { logger, type SyncedDirectory, type SyncWorld } from './sync-world.ts'

/** Waits for a source are told in full and made short. */
const waitMillisecondsMax = 1

export interface SubjectDirectory {
  subject: ConnectorSubject
  source: PreparedSource
  directory: SyncedDirectory
  /** Changes a user, and the group of all, at the source: a delta has something of both, and says the group anew. */
  change(): Promise<void>
}

/** A directory that is read by a real connector, over a source of its own with the sample population. */
export async function addSubjectDirectory(world: SyncWorld, subject: ConnectorSubject): Promise<SubjectDirectory> {
  const source = await subject.prepare(samplePopulation())
  const { definition } = subject
  const directory = await world.addDirectoryOf(definition.type, ({ signal, onThrottled }) =>
    definition.open(source.config as never, {
      outbound: source.outbound,
      signal,
      logger,
      onThrottled,
      wait: (milliseconds, ending) => delay(Math.min(milliseconds, waitMillisecondsMax), undefined, { signal: ending }),
    }),
  )
  let changes = 0
  return {
    subject,
    source,
    directory,
    change: () => source.change(changesOf(++changes)),
  }
}

function changesOf(turn: number): PopulationChange[] {
  return [
    { does: 'renameUser', key: 'u-00004', userName: `renamed-${turn}@acme.test` },
    { does: 'renameGroup', key: 'g-all', name: `All, ${turn}` },
  ]
}
