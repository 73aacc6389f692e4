import { MusterError } from '@muster/runtime/errors'

/** @throws `forbidden` in production: what is made up belongs to no real organization */
export function assertDevelopment({ isProduction }: { isProduction: boolean }): void {
  if (!isProduction) return
  throw new MusterError(
    'forbidden',
    'Test directories are for development: with NODE_ENV=production there are none, and nothing is simulated.',
  )
}
