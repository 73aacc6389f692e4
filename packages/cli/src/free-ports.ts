import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { MusterError } from '@muster/runtime/errors'
import type { Config } from './config.ts'
import { serviceNames, servicePort, services } from './services.ts'

const pauseMs = 200

/**
 * Checks that the services can listen. `patienceMs`: how long a port may stay taken before that counts (services of a
 * killed `up` end on their own, but may be draining). Throws `conflict`, naming every taken port.
 */
export async function assertPortsFree(config: Config, patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const taken = await findTakenPorts(config)
    if (taken.length === 0) return
    if (Date.now() >= deadline) {
      throw new MusterError(
        'conflict',
        `${taken.join(' and ')} already in use on this machine. Stop what uses it, or set another port.`,
      )
    }
    await sleep(pauseMs)
  }
}

async function findTakenPorts(config: Config): Promise<string[]> {
  const checks = serviceNames.map(async (name) => {
    const port = servicePort(config, name)
    return (await isFree(port)) ? [] : [`port ${port} (${services[name].portVariable})`]
  })
  return (await Promise.all(checks)).flat()
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}
