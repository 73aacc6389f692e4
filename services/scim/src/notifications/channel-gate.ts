import { type AddressedChannel, type Database, findAddressedChannel, noteRefused } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { FailureLimit } from '@muster/runtime/http/failure-limit'
import { TtlCache } from '@muster/runtime/ttl-cache'
import { decodeUuid } from '@muster/runtime/type-ids'

/** As of credentials: `CredentialGate`. */
const failures = { failuresMax: 100, windowSeconds: 60, addressesMax: 10_000 } as const
/** Sources call for all their customers from the same addresses: what another one got wrong holds up no channel that works. */
const proven = { milliseconds: 3_600_000, entriesMax: 10_000 } as const

/** Whose channel an address is, with a limit on failures by the address of who calls. */
export class ChannelGate {
  readonly #database: Database
  readonly #failures = new FailureLimit(failures)
  readonly #proven = new TtlCache<string, true>(proven)

  constructor(database: Database) {
    this.#database = database
  }

  /** `key` as it stands in the address. @throws `notFound`, `tooManyRequests` for who has failed too often */
  async admit(key: string, caller: string): Promise<AddressedChannel> {
    if (this.#proven.get(key) === undefined) this.#failures.check(caller)
    const channelId = decodeUuid(key)
    const channel = channelId === undefined ? undefined : await findAddressedChannel(this.#database, channelId)
    if (channel !== undefined) return channel
    this.#proven.delete(key)
    this.#failures.note(caller)
    throw new MusterError('notFound', 'There is nothing at this address.')
  }

  /** Something genuine came to the channel. */
  notePassed(key: string): void {
    this.#proven.set(key, true)
  }

  /** Something forged did. */
  async noteRefused(channel: AddressedChannel, caller: string): Promise<void> {
    this.#failures.note(caller)
    await noteRefused(this.#database, channel)
  }
}
