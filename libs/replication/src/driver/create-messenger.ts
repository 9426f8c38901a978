import { groupBornWith } from '../core/birth.js';
import type { ForeignGroup } from '../errors.js';
import { nameOf, peersOf, type CompleteOptions } from '../replication.options.js';
import { GroupMessenger, type Messenger } from './group-messenger.js';
import { LateNotices } from './late-notices.js';
import type { Ports, Storage } from '../ports.js';

/** Creates the messenger of a member with these options, for one incarnation of its process. */
export function createMessenger(
  options: CompleteOptions,
  { transport, events, now, newId, storage, pause }: Ports,
  onForeign: (error: ForeignGroup) => void,
): Messenger {
  const { id, voters, learners, dataDir } = options;
  const messenger = new GroupMessenger({
    ...{ id, dataDir, transport, events, now, onForeign },
    peers: peersOf(options),
    voters: voters.map((voter) => voter.id),
    nameOf: (member) => nameOf(options, member),
    groupIdOnDisk: () => storage.groupId,
    groupIdInLog: () => groupInLog(storage),
    hasEntries: () => storage.lastIndex > 0,
    incarnation: newId(),
  });
  if (learners.length === 0) return messenger;
  return new LateNotices(messenger, new Set(learners.map((learner) => learner.id)), pause);
}

function groupInLog(storage: Storage): string | null {
  if (storage.firstIndex > 1 || storage.lastIndex < 1) return null;
  const [first] = storage.entries(1, 1, 0);
  return (first && groupBornWith(first)) ?? null;
}
