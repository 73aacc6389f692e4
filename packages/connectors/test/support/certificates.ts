import { generateKeyPair, sign } from 'node:crypto'
import { promisify } from 'node:util'

/** SHA-256 with RSA (1.2.840.113549.1.1.11), without parameters: NULL. */
const algorithm = sequence(element(0x06, Buffer.from('2a864886f70d01010b', 'hex')), element(0x05))
const commonName = Buffer.from('550403', 'hex')
const dayMilliseconds = 86_400_000

/** An RSA key and a certificate of it that it signed itself (RFC 5280), both PEM: what an app registration is given. */
export async function rsaPair(): Promise<{ certificate: string; privateKey: string }> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2_048 })
  const name = sequence(element(0x31, sequence(element(0x06, commonName), element(0x0c, Buffer.from('Muster test')))))
  const validity = sequence(utcTime(Date.now() - dayMilliseconds), utcTime(Date.now() + dayMilliseconds))
  const key = publicKey.export({ type: 'spki', format: 'der' })
  const content = sequence(element(0x02, Buffer.of(1)), algorithm, name, validity, name, key)
  const signature = element(0x03, Buffer.of(0), sign('sha256', content, privateKey))
  const text = sequence(content, algorithm, signature).toString('base64').replace(/.{64}/g, '$&\n')
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function sequence(...parts: Buffer[]): Buffer {
  return element(0x30, ...parts)
}

/** An element of DER (X.690 §8.1): tag, length, content. */
function element(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const length = content.length < 128 ? [content.length] : [0x82, content.length >> 8, content.length & 255]
  return Buffer.concat([Buffer.of(tag, ...length), content])
}

function utcTime(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/\D/g, '')
  return element(0x17, Buffer.from(`${digits.slice(2, 14)}Z`))
}
