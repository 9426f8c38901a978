import type { ForeignGroup } from '../errors.js';
import { nameOf, peersOf, type CompleteOptions } from '../replication.options.js';
import { GroupMessenger } from './group-messenger.js';
import type { Ports } from './ports.js';

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
    incarnation: newId(),
  });
}
