import { openDatabase } from '@muster/repository'
import { parseRootKeys } from '@muster/runtime/secret-box'
import { createPeople } from '../../src/tasks/create-people.ts'
import { testContext } from './task-context.ts'

/** Runs the job `create_people` of an organization, to be killed meanwhile. */
const { DATABASE_URL: url = '', ORGANIZATION: organizationId = '', ROOT_KEY: rootKey = '' } = process.env
const database = openDatabase({ url })
await createPeople({ ...testContext(database), rootKeys: parseRootKeys(rootKey) }, { organizationId })
