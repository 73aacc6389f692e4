interface Visit {
  readonly node: number
  readonly order: number
  /** The earliest node in the open circle that this one reaches. */
  earliest: number
  /** How many of its dependencies have been looked at. */
  seen: number
  open: boolean
}

/**
 * Orders nodes so that each comes behind what it depends on, and otherwise in their own order. Nodes that depend on each
 * other, directly or not, are one component: a circle, in an order in which few of them come before what they need.
 * Takes time in proportion to the edges and no stack (Tarjan's strongly connected components, without recursion).
 * @param dependencies for each node the nodes it depends on
 */
export function dependencyOrder(dependencies: readonly (readonly number[])[]): number[][] {
  const visits = new Map<number, Visit>()
  const open: Visit[] = []
  const components: number[][] = []
  const enter = (node: number): Visit => {
    const visit = { node, order: visits.size, earliest: visits.size, seen: 0, open: true }
    visits.set(node, visit)
    open.push(visit)
    return visit
  }
  for (const root of dependencies.keys()) {
    const path = visits.has(root) ? [] : [enter(root)]
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const next = dependencies[visit.node]?.[visit.seen++]
      const known = next === undefined ? undefined : visits.get(next)
      if (next !== undefined && known === undefined) path.push(enter(next))
      else if (known?.open) visit.earliest = Math.min(visit.earliest, known.order)
      else if (next === undefined) {
        path.pop()
        const parent = path.at(-1)
        if (parent) parent.earliest = Math.min(parent.earliest, visit.earliest)
        if (visit.earliest === visit.order) components.push(close(open, visit))
      }
    }
  }
  return components
}

/** Takes a component, whose first node this is, off the open nodes: those found last come first. */
function close(open: Visit[], first: Visit): number[] {
  const component = open.splice(open.lastIndexOf(first)).reverse()
  for (const visit of component) visit.open = false
  return component.map(({ node }) => node)
}
