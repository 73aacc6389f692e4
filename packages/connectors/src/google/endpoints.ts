import type { GoogleConfig } from './config.ts'

/** Where the SDK asks for tokens, whatever is configured: it is also the audience of what it signs. */
const sdkTokenUrl = 'https://oauth2.googleapis.com/token'

export interface Endpoints {
  /** The origin of the Directory API. */
  apiUrl: string
  /** Where a request of the SDK really goes. */
  addressOf(url: string): string
  isToken(url: string): boolean
  /** Where anything may go at all. */
  origins: string[]
}

export function endpointsOf({
  apiUrl = 'https://admin.googleapis.com',
  tokenUrl = sdkTokenUrl,
}: GoogleConfig): Endpoints {
  const isToken = (url: string) => url === sdkTokenUrl
  const origins = [...new Set([apiUrl, tokenUrl].map((url) => new URL(url).origin))]
  return { apiUrl, isToken, origins, addressOf: (url) => (isToken(url) ? tokenUrl : url) }
}
