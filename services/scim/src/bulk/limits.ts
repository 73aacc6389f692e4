/** The limits of a bulk request (RFC 7644 §3.7.4), as the ServiceProviderConfig advertises them. */
export const bulkLimits = { maxOperations: 1_000, maxPayloadBytes: 4_194_304 } as const

/** When no further operation of a request is begun: well before clients and proxies give up, at 60 s. */
export const bulkMilliseconds = 40_000

/** How many operations are under way at once: a few transactions' worth, so that others of the directory get a turn. */
export const operationsTogetherMax = 256
