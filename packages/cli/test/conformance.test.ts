import { readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import t from 'tap'
import { makeSite, run } from './support/installation.ts'

t.test('without a URL it tries this release, both its profiles, and leaves nothing behind', async (t) => {
  const site = await makeSite(t)
  const TMPDIR = dirname(site.dataDir)
  const own = { ...site, environment: { ...site.environment, TMPDIR } }
  const { code, stdout, stderr } = await run(own, 'conformance', '--only', '1-2,45', '--parallel', '2')
  t.equal(code, 0, stderr)
  t.match(stdout, /profile rfc[\s\S]*✓ #1 [\s\S]*✓ conformant[\s\S]*profile compatible[\s\S]*✓ conformant/)
  t.notMatch(stdout, /\[3\dm/, 'no colours in a file')
  t.same(await readdir(TMPDIR), [])
})

t.test('what cannot be tried is exit code 2, with the reason', async (t) => {
  const site = await makeSite(t)
  const url = `http://127.0.0.1:${site.ports[0]}/scim/v2`
  const attempt = (token: string | undefined, ...options: string[]) =>
    run({ ...site, environment: { ...site.environment, SCIM_TOKEN: token } }, 'conformance', ...options)
  for (const [token, options, reason] of [
    ['x', ['--url', url], /ECONNREFUSED/],
    [undefined, ['--url', url], /SCIM_TOKEN/],
    ['x', ['--url', 'nowhere'], /not an http or https address/],
    ['x', ['--url', url, '--profile', 'lenient'], /rfc, compatible/],
    ['x', ['--url', url, '--only', 'everything'], /no list of points/],
    ['x', ['--url', url, '--timeout', '0'], /--timeout is a whole number/],
  ] as const) {
    const { code, stdout, stderr } = await attempt(token, ...options)
    t.match({ code, stdout, stderr }, { code: 2, stdout: '', stderr: reason })
  }
})
