import module from 'node:module'

/**
 * Loaded before anything else in every process of a test run. tap watches which files each process loads, for coverage and for
 * running only what changed, of which we use neither; while it watches, Node keeps nothing of what it compiled, and each of
 * hundreds of processes strips the types of the same files for a second or more.
 */
module.registerHooks = () => ({ deregister() {} })
