const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/**
 * Where a source tells of changes: below what the SCIM service is reached by, the channel as it stands in addresses. Undefined when no
 * source may be given that: it is not https, and not on this machine either (in development).
 */
export function notificationAddress(publicUrl: string, channelId: string): string | undefined {
  const url = URL.parse(publicUrl)
  if (url === null || !(url.protocol === 'https:' || loopback.test(url.hostname))) return undefined
  return `${publicUrl}/notifications/${channelId}`
}
