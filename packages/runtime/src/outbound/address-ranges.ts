/**
 * What no call from outside may reach, after the registries of special-purpose addresses (RFC 6890 and
 * www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry), and multicast. Of IPv6 only
 * `globalIpv6` is looked at further: everything else (loopback, link-local, site-local, unique local, the v4-compatible and the
 * local NAT64 addresses, multicast) is refused with it.
 */
export const refusedIpv4 = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // shared by carriers; a cloud's metadata at 100.100.100.200
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // the host agent of a cloud, which looks like a public address
  '169.254.0.0/16', // link-local; most clouds' metadata at 169.254.169.254
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments; a cloud's metadata at 192.0.0.192
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // multicast tunnels
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
] as const

/** Where the addresses of the internet are (RFC 4291 §2.4). */
export const globalIpv6 = '2000::/3'

export const refusedIpv6 = [
  '2001::/23', // protocol assignments, Teredo and ORCHID among them
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: leads to any IPv4 address
  '2620:4f:8000::/48', // AS112
  '3fff::/20', // documentation
] as const

/** The one NAT64 prefix whose last 32 bits are an IPv4 address wherever it is used (RFC 6052 §2.1). */
export const nat64 = '64:ff9b::/96'
