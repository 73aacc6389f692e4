import {
  type Database,
  type DialectSettings,
  loadExtensionSchemas,
  type OrganizationScope,
  read,
} from '@muster/repository'
import { TtlCache } from '@muster/runtime/ttl-cache'
import { type Dialect, profileOf, type ResourceTypes, resourceTypesWith, standardResourceTypes } from '@muster/scim'

/** An hour, so that those of an organization nobody asks for any more make room. */
const remembered = { milliseconds: 3_600_000, entriesMax: 500 } as const

/**
 * The dialects of directories. The resource types of an organization are made once for each version of its schemas, and
 * are the same objects until then: the packages behind hang what they derive from them on their identity.
 */
export class Dialects {
  readonly #database: Database
  readonly #types = new TtlCache<string, ResourceTypes>(remembered)

  constructor(database: Database) {
    this.#database = database
  }

  /** What a directory of these settings understands; asks the database when its schemas are new to this process. */
  async dialectOf(scope: OrganizationScope, settings: DialectSettings): Promise<Dialect> {
    const types = settings.schemasVersion === '' ? standardResourceTypes : await this.#typesOf(scope, settings)
    return { types, profile: profileOf(settings.scimProfile, settings.scimFlags) }
  }

  async #typesOf(scope: OrganizationScope, { schemasVersion }: DialectSettings): Promise<ResourceTypes> {
    // Revisions are never used twice, so the version alone tells the organization as well.
    const known = this.#types.get(schemasVersion)
    if (known !== undefined) return known
    const types = resourceTypesWith(await read(this.#database, scope, loadExtensionSchemas))
    this.#types.set(schemasVersion, types)
    return types
  }
}
