import { type AddressedChannel, type Database, findAddressedChannel, noteRefused } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { FailureLimit } from '@muster/runtime/http/failure-limit'
import { TtlCache } from '@muster/runtime/ttl-cache'
import { decodeUuid } from '@muster/runtime/type-ids'

/** As of credentials: `CredentialGate`. */
const failures = { failuresMax: 100, windowSeconds: 60, addressesMax: 10_000 } as const
/** Sources call for all their customers from the same addresses: what is wrong with another's channel holds up no known one. */
const known = { milliseconds: 3_600_000, entriesMax: 10_000 } as const

/**
 * Whose channel an address is, with limits on failures: by the address of who calls, of those who call nobody; by channel as well, of
 * those who do not show its secret.
 */
export class ChannelGate {
  readonly #database: Database
  readonly #strayed = new FailureLimit(failures)
  readonly #forged = new FailureLimit(failures)
  readonly #known = new TtlCache<string, true>(known)

  constructor(database: Database) {
    this.#database = database
  }

  /** `key` as it stands in the address. @throws `notFound`, `tooManyRequests` for who has failed too often */
  async admit(key: string, caller: string): Promise<AddressedChannel> {
    if (this.#known.get(key) === undefined) this.#strayed.check(caller)
    this.#forged.check(`${caller} ${key}`)
    const channelId = decodeUuid(key)
    const channel = channelId === undefined ? undefined : await findAddressedChannel(this.#database, channelId)
    if (channel !== undefined) {
      this.#known.set(key, true)
      return channel
    }
    this.#known.delete(key)
    this.#strayed.note(caller)
    throw new MusterError('notFound', 'There is nothing at this address.')
  }

  /** Something forged came to the channel. */
  async noteRefused(channel: AddressedChannel, key: string, caller: string): Promise<void> {
    this.#forged.note(`${caller} ${key}`)
    await noteRefused(this.#database, channel)
  }
}
