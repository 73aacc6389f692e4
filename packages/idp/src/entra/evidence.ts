import type { Evidence } from '../evidence.ts'

const tutorial = 'Microsoft Learn, "Develop and plan provisioning for a SCIM endpoint in Microsoft Entra ID"'
const compatibility = 'Microsoft Learn, "Known issues and resolutions with SCIM 2.0 protocol compliance"'

/** What the transcripts of Entra ID take for granted. */
export const facts = {
  lookUps: {
    fact: 'Test connection with a random value, look-ups by userName, externalId and work address; eq and and only.',
    certainty: 'verified',
    source: tutorial,
  },
  untidyCreate: {
    fact: 'Creates carry meta, empty roles, nulls, a bare manager, a legacy or misspelt schema.',
    certainty: 'verified',
    source: tutorial,
  },
  legacyPatch: {
    fact: 'Without the flag: capitalized operations, booleans as strings, members removed by value list.',
    certainty: 'verified',
    source: compatibility,
  },
  flaggedPatch: {
    fact: 'With aadOptscim062020: lower-case operations, real booleans, dotted and URN keys, value-path removes.',
    certainty: 'verified',
    source: compatibility,
  },
  missingElement: {
    fact: 'Add and Replace by value path of an element that does not exist yet.',
    certainty: 'verified',
    source:
      'https://github.com/thomaspoignant/scim-patch/issues/42, https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/416',
  },
  roles: {
    fact: 'App roles as a value path with a boolean string, or as JSON inside a string.',
    certainty: 'verified',
    source: 'https://github.com/MicrosoftDocs/azure-docs/issues/50772',
  },
  manager: {
    fact: 'A manager is set as string, object, or list of one, and removed by an empty string, inside or outside an object.',
    certainty: 'one source',
    source: 'https://github.com/pranems/SCIMServer (docs on manager PATCH and validator results)',
  },
  softDelete: {
    fact: 'Users are disabled and restored by active, deleted for good later; memberships are not sent again.',
    certainty: 'verified',
    source: tutorial,
  },
  unquoted: {
    fact: 'The documented look-up by externalId has no quotes around its value.',
    certainty: 'verified',
    source: tutorial,
  },
  customAttributes: {
    fact: 'Custom attributes arrive under the core schema, qualified with its URN or bare.',
    certainty: 'one source',
    source: 'https://github.com/zulip/zulip/issues/39773',
  },
  race: {
    fact: 'Memberships may arrive before the user they name is known, or after it is gone.',
    certainty: 'background',
  },
  validator: {
    fact: 'Names, order and bodies of the 25 checks and 7 preview checks of the SCIM Validator.',
    certainty: 'one source',
    source: 'https://github.com/pranems/SCIMServer (published validator results)',
  },
  emptyOperations: {
    fact: 'The validator may send a PATCH without any operation.',
    certainty: 'verified',
    source: 'https://github.com/scimmyjs/scimmy/issues/59, https://github.com/scimmyjs/scimmy/issues/90',
  },
  inboundPoller: {
    fact: 'The "SCIM Inbound" requests of the reference code poll by meta.lastModified and start at 0 or 1.',
    certainty: 'one source',
    source: 'https://github.com/AzureAD/SCIMReferenceCode',
  },
} as const satisfies Record<string, Evidence>
