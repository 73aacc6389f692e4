import type { BulkEntry } from './bulk-operation.ts'
import { referencedBulkId, referencesIn } from './bulk-references.ts'
import { dependencyOrder } from './dependency-order.ts'

/**
 * What is done in one go, as positions in the request:
 * - `alone`: one operation;
 * - `together`: operations whose order does not matter, all of them POST of a user (or refused already);
 * - `circle`: POSTs that refer to each other, or one that refers to itself.
 */
export interface BulkStage {
  readonly kind: 'alone' | 'together' | 'circle'
  readonly positions: readonly number[]
}

/**
 * Divides a bulk request into stages, to be done one after the other. A POST comes before what refers to it; everything
 * else is done in the order of the request, so that operations on one resource never overtake each other.
 * @param options.keepOrder users may then not be gathered across others that they depend on: for failOnErrors
 */
export function planBulk(entries: readonly BulkEntry[], options: { keepOrder: boolean }): BulkStage[] {
  const dependencies = dependenciesOf(entries)
  const stages: BulkStage[] = []
  let gathered: number[] = []
  const flush = () => {
    stages.push(...levels(gathered, dependencies, options.keepOrder))
    gathered = []
  }
  for (const positions of dependencyOrder(dependencies)) {
    const [position = 0, ...others] = positions
    const isCircle = others.length > 0 || dependencies[position]?.includes(position) === true
    if (!isCircle && isUserCreation(entries[position])) gathered.push(position)
    else {
      flush()
      stages.push({ kind: isCircle ? 'circle' : 'alone', positions })
    }
  }
  flush()
  return stages
}

/** For each operation the positions of the POSTs that it refers to. */
function dependenciesOf(entries: readonly BulkEntry[]): number[][] {
  const creations = new Map<string, number>()
  for (const [position, entry] of entries.entries()) {
    if (entry.kind === 'operation' && entry.method === 'POST' && entry.bulkId !== undefined) {
      creations.set(entry.bulkId, position)
    }
  }
  return entries.map((entry) => {
    if (entry.kind === 'refused') return []
    const references = referencesIn(entry.data)
    const target = referencedBulkId(entry.target.id ?? '')
    if (target !== undefined) references.add(target)
    return [...references].flatMap((bulkId) => creations.get(bulkId) ?? [])
  })
}

/** Divides creations, in an order that satisfies their dependencies, into as few stages as those allow. */
function levels(positions: readonly number[], dependencies: readonly number[][], keepOrder: boolean): BulkStage[] {
  const levelOf = new Map<number, number>()
  const gathered: number[][] = []
  for (const position of positions) {
    const needed = (dependencies[position] ?? []).map((dependency) => (levelOf.get(dependency) ?? -1) + 1)
    const level = needed.reduce(
      (highest, one) => Math.max(highest, one),
      keepOrder ? Math.max(0, gathered.length - 1) : 0,
    )
    levelOf.set(position, level)
    const together = gathered[level]
    if (together === undefined) gathered[level] = [position]
    else together.push(position)
  }
  return gathered.map((together) => ({ kind: 'together', positions: together }))
}

function isUserCreation(entry: BulkEntry | undefined): boolean {
  if (entry?.kind !== 'operation') return true
  return entry.method === 'POST' && entry.target.type === 'user'
}
