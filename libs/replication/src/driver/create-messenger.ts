import { groupBornWith } from '../core/birth.js';
import type { ForeignGroup } from '../errors.js';
import { nameOf, peersOf, type CompleteOptions } from '../replication.options.js';
import { GroupMessenger } from './group-messenger.js';
import type { Ports, Storage } from './ports.js';

/** The messenger of a member with these options, for one life of its process. */
export function createMessenger(
  options: CompleteOptions,
  { transport, events, now, newId, storage }: Ports,
  onForeign: (error: ForeignGroup) => void,
): GroupMessenger {
  const { id, members, dataDir } = options;
  return new GroupMessenger({
    ...{ id, dataDir, transport, events, now, onForeign },
    peers: peersOf(options),
    voters: members.map((member) => member.id),
    nameOf: (member) => nameOf(options, member),
    groupIdOnDisk: () => storage.groupId,
    groupIdInLog: () => groupInLog(storage),
    hasEntries: () => storage.lastIndex > 0,
    incarnation: newId(),
  });
}

function groupInLog(storage: Storage): string | null {
  if (storage.firstIndex > 1 || storage.lastIndex < 1) return null;
  const [first] = storage.entries(1, 1, 0);
  return (first && groupBornWith(first)) ?? null;
}
