import type { Answer } from './answer.ts'
import { lookUp } from './json-path.ts'

/** What a check has made on the server and must remove again, whatever becomes of the check. */
export class Ledger {
  readonly #paths = new Set<string>()

  /** Notes what an answer says was made or removed; the names are those of the server's resource types. */
  note({ exchange, body, headers }: Answer): void {
    const { method, path, status } = exchange
    const [plain = ''] = path.split('?', 1)
    const endpoint = /\/(Users|Groups)(?:\.scim)?\/?$/.exec(plain)?.[1]
    if (method === 'DELETE' && status >= 200 && status < 300) this.#paths.delete(plain)
    if (status === 201 && endpoint !== undefined) {
      const id = lookUp(body, 'id') ?? headers.get('location')?.split('/').at(-1)
      if (typeof id === 'string') this.#paths.add(`/${endpoint}/${id}`)
    }
    if (status === 201 && method === 'PUT') this.#paths.add(plain)
    if (method === 'POST' && /\/Bulk$/.test(plain)) this.#noteBulk(lookUp(body, 'Operations'))
  }

  /** Takes out everything, latest first: groups before the users they hold. */
  takeAll(): string[] {
    const paths = [...this.#paths].reverse()
    this.#paths.clear()
    return paths
  }

  #noteBulk(operations: unknown): void {
    if (!Array.isArray(operations)) return
    for (const operation of operations) {
      const path = /\/(?:Users|Groups)\/[^/?]+$/.exec(String(lookUp(operation, 'location')))?.[0]
      if (path === undefined) continue
      const method = String(lookUp(operation, 'method')).toUpperCase()
      const status = String(lookUp(operation, 'status'))
      if (method === 'POST' && status.startsWith('2')) this.#paths.add(path)
      if (method === 'DELETE' && status.startsWith('2')) this.#paths.delete(path)
    }
  }
}
