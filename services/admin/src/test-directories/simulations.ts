import { MusterError } from '@muster/runtime/errors'
import { groupSimulations } from './simulate-groups.ts'
import { syncSimulations } from './simulate-syncs.ts'
import { userSimulations } from './simulate-users.ts'
import type { Simulation } from './simulation.ts'

/** Every event that can be simulated, by its type. */
const simulations: Readonly<Record<string, Simulation>> = {
  ...userSimulations,
  ...groupSimulations,
  ...syncSimulations,
}

/** As the SDK calls them: `user.created`, `group.userAdded`, `syncCompleted`. */
export const simulationNames = Object.keys(simulations).map((type) =>
  type.replace(/^directory\./, '').replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
)

/**
 * The simulation of an event that is called as the SDK does or by its type, with or without `directory.`.
 * @throws `invalidValue` naming all that there are
 */
export function simulationOf(event: string): Simulation {
  const name = event.replace(/^directory\./, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const type = `directory.${name}`
  const simulation = Object.hasOwn(simulations, type) ? simulations[type] : undefined
  if (simulation !== undefined) return simulation
  throw new MusterError('invalidValue', `body.event cannot be simulated; it may be ${simulationNames.join(', ')}.`)
}
