import { type FakeGraphOptions, startFakeGraph } from '@muster/testkit/fake-graph'
import type { Test } from 'tap'
import { entra } from '../../src/entra/definition.ts'
import { openFake } from './open-fake.ts'

/** A fake tenant, and connectors to it. */
export async function openTenant(t: Test, options: FakeGraphOptions = {}) {
  const graph = await startFakeGraph(options)
  return { graph, ...openFake(t, entra, graph) }
}
