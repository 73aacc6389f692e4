export { comparisonKey } from '@muster/runtime/comparison-key'
