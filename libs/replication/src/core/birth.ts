import type { Entry } from './messages.js';

const PREFIX = 'group ';

/** The data of the first entry of a log, which names the group that is born with it. No command looks like this, because commands are JSON. */
export function birthOf(groupId: string): string {
  return `${PREFIX}${groupId}`;
}

/** The id of the group that this entry gave birth to; undefined for any other entry. */
export function groupBornWith({ index, data }: Entry): string | undefined {
  return index === 1 && data?.startsWith(PREFIX) === true ? data.slice(PREFIX.length) : undefined;
}

/** Whether the state machine is to apply the entry: it is neither a leader's no-op nor the birth of a group. */
export function isCommand(entry: Entry): entry is Entry & { readonly data: string } {
  return entry.data !== null && groupBornWith(entry) === undefined;
}
