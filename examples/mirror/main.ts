/**
 * Keeps a copy of all people and groups in a file: it starts from a snapshot, follows the log, and starts anew when it was
 * away for longer than the log is kept.
 */
import { $, on, reconcile } from '@muster/sdk'
import { fileCheckpoint } from '@muster/sdk/node'
import { connect, say, stateFolder, untilStopped } from '../config.ts'
import { openMirror } from './mirror.ts'

const { groups, users, save } = openMirror(`${stateFolder()}/mirror.json`)
const { user, group } = $.Directory

const userEvents = [user.created, user.updated, user.deactivated, user.reactivated, user.deleted] as const
on([...userEvents, $.User.roleAssigned, $.User.roleRemoved], (happening) => users.upsert(happening.user))
on([group.userAdded, group.userRemoved], (happening) => users.upsert(happening.user))
on(user.erased, (happening) => users.remove(happening.user.id))
on([group.created, group.updated], (happening) => groups.upsert(happening.group))
on(group.deleted, (happening) => groups.remove(happening.group.id))

const file = fileCheckpoint(`${stateFolder()}/mirror.checkpoint`)
const consumer = connect().consume({
  // The copy is saved before the checkpoint says so.
  checkpoint: {
    load: file.load,
    save: async (sequence) => {
      await save()
      await file.save(sequence)
      say(`${users.size()} people and ${groups.size()} groups at ${sequence}`)
    },
  },
  onSnapshot: reconcile({ groups, users }),
})
untilStopped(consumer.stop)
await consumer.finished
