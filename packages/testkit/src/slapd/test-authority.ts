import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from './run-program.ts'

/** Names that the certificate of a test server is for. */
export const certifiedNames = ['localhost', 'ldap.example.test'] as const

/** A certificate authority and a server certificate by it, as files of a folder. */
export interface TestAuthority {
  /** PEM of the authority. */
  caCertificate: string
  files: { authority: string; certificate: string; key: string }
}

/** Makes an authority of its own, and a certificate for `certifiedNames` and 127.0.0.1. */
export async function createAuthority(folder: string): Promise<TestAuthority> {
  const file = (name: string) => join(folder, name)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const authority = file('authority.pem')
  const authorityKey = file('authority.key')
  const subject = ['-x509', '-days', '2', '-subj', '/CN=Test authority']
  const isAuthority = ['-addext', 'basicConstraints=critical,CA:TRUE']
  await runProgram('openssl', [
    'req',
    ...newKey,
    ...subject,
    ...isAuthority,
    '-keyout',
    authorityKey,
    '-out',
    authority,
  ])
  const names = [...certifiedNames.map((name) => `DNS:${name}`), 'IP:127.0.0.1'].join(',')
  const [key, request, extensions, certificate] = ['key', 'csr', 'ext', 'pem'].map((end) => file(`server.${end}`)) as [
    string,
    string,
    string,
    string,
  ]
  await writeFile(extensions, `subjectAltName=${names}\n`)
  await runProgram('openssl', ['req', ...newKey, '-subj', '/CN=Test server', '-keyout', key, '-out', request])
  const signed = ['-CA', authority, '-CAkey', authorityKey, '-CAcreateserial', '-days', '2', '-extfile', extensions]
  await runProgram('openssl', ['x509', '-req', '-in', request, ...signed, '-out', certificate])
  return { caCertificate: await readFile(authority, 'utf8'), files: { authority, certificate, key } }
}
