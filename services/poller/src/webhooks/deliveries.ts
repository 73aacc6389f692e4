import { openDatabase } from '@muster/repository'
import type { TaskContext } from '../tasks/task-context.ts'
import { DeliverySession, type EndpointReference } from './delivery-session.ts'

export interface Deliveries {
  /** Delivers what is due to the endpoint that the payload names. Ends at once when that is under way here already. */
  deliver(payload: unknown): Promise<void>
  /** Begins nothing more, and has what is under way end soon. */
  stop(): void
  close(): Promise<void>
}

/** Apart from those of other tasks, so that neither waits for the other. */
const connectionsMax = 6

/** The deliveries to webhook endpoints of this process: one session an endpoint. */
export function openDeliveries(context: TaskContext & { databaseUrl: string }): Deliveries {
  const database = openDatabase({
    url: context.databaseUrl,
    connectionsMax,
    onIdleError: (err) => context.logger.warn({ err }, 'a database connection of the deliveries was lost'),
  })
  const sessions = new Map<string, DeliverySession>()
  return {
    async deliver(payload) {
      if (!isEndpointReference(payload)) throw new TypeError('The payload names no organization and endpoint')
      const { endpointId } = payload
      if (sessions.get(endpointId)?.poke()) return
      const session = new DeliverySession({ ...context, database }, payload)
      sessions.set(endpointId, session)
      try {
        await session.run()
      } finally {
        if (sessions.get(endpointId) === session) sessions.delete(endpointId)
      }
    },
    stop() {
      for (const session of sessions.values()) session.stop()
    },
    close: () => database.close(),
  }
}

function isEndpointReference(payload: unknown): payload is EndpointReference {
  if (typeof payload !== 'object' || payload === null) return false
  const { organizationId, endpointId } = payload as Record<string, unknown>
  return typeof organizationId === 'string' && typeof endpointId === 'string'
}
