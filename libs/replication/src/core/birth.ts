import type { Entry } from './messages.js';

const PREFIX = 'group ';

/** Encodes the first entry of a log, which names the new group. It differs from every command, because commands are JSON. */
export function birthOf(groupId: string): string {
  return `${PREFIX}${groupId}`;
}

/** Returns the id of the group that began with this entry; undefined for any other entry. */
export function groupBornWith({ index, data }: Entry): string | undefined {
  return index === 1 && data?.startsWith(PREFIX) === true ? data.slice(PREFIX.length) : undefined;
}

/** Reports whether the state machine applies the entry: it is neither a leader's no-op nor the birth of a group. */
export function isCommand(entry: Entry): entry is Entry & { readonly data: string } {
  return entry.data !== null && groupBornWith(entry) === undefined;
}
