import { generateKeyPairSync, sign } from 'node:crypto'

const oids = { ecdsaWithSha256: '2a8648ce3d040302', commonName: '550403', subjectAltName: '551d11' } as const
const dayMilliseconds = 86_400_000

/** A key and a certificate for a name, signed by itself (RFC 5280, as little of it as TLS wants), both PEM. */
export function selfSigned(name: string): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = der(0x30, oid('ecdsaWithSha256'))
  const distinguishedName = der(0x30, der(0x31, der(0x30, oid('commonName'), der(0x0c, Buffer.from(name)))))
  const alternativeNames = der(0x04, der(0x30, der(0x82, Buffer.from(name))))
  const content = der(
    0x30,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(1)),
    algorithm,
    distinguishedName,
    der(0x30, utcTime(Date.now() - dayMilliseconds), utcTime(Date.now() + dayMilliseconds)),
    distinguishedName,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, der(0x30, oid('subjectAltName'), alternativeNames))),
  )
  const signature = der(0x03, Buffer.of(0), sign('sha256', content, privateKey))
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem('CERTIFICATE', der(0x30, content, algorithm, signature)),
  }
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const size = content.length
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.of(tag, ...length), content])
}

function oid(name: keyof typeof oids): Buffer {
  return der(0x06, Buffer.from(oids[name], 'hex'))
}

function utcTime(milliseconds: number): Buffer {
  return der(0x17, Buffer.from(`${new Date(milliseconds).toISOString().replace(/\D/g, '').slice(2, 14)}Z`))
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
