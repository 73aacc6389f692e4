import type { JsonObject } from '../json.ts'

interface ServiceProviderOptions {
  /** The absolute base URL of the directory's SCIM endpoint, without a slash at its end. */
  baseUrl: string
  /** The most resources on a page. */
  maxResults: number
  /** Resources on a page when the client does not say. */
  defaultPageSize: number
  /** How long a cursor is good for. */
  cursorSeconds: number
  /** The limits of a bulk request; undefined where bulk is not served. */
  bulk?: { maxOperations: number; maxPayloadBytes: number }
  documentationUri?: string
}

const bearerToken: JsonObject = {
  type: 'oauthbearertoken',
  name: 'OAuth Bearer Token',
  description: 'The token of the directory, in the Authorization header',
  specUri: 'https://www.rfc-editor.org/info/rfc6750',
  primary: true,
}

/** What this service provider can do now (RFC 7643 §5, RFC 9865 §4). */
export function serviceProviderConfig(options: ServiceProviderOptions): JsonObject {
  const { baseUrl, maxResults, defaultPageSize, cursorSeconds, bulk, documentationUri } = options
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    ...(documentationUri === undefined ? {} : { documentationUri }),
    patch: { supported: true },
    bulk: {
      supported: bulk !== undefined,
      maxOperations: bulk?.maxOperations ?? 0,
      maxPayloadSize: bulk?.maxPayloadBytes ?? 0,
    },
    filter: { supported: true, maxResults },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize,
      maxPageSize: maxResults,
      cursorTimeout: cursorSeconds,
    },
    authenticationSchemes: [bearerToken],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  }
}
