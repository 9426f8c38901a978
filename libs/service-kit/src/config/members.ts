import { placeOf } from '#replication';

/** One member of a replicated group: its id, and the address at which the others reach it. */
export interface Member {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

/** Parses a list such as `1=127.0.0.1:7101,2=127.0.0.1:7102`. Throws an Error that says which part is wrong. */
export function parseMembers(text: string): readonly Member[] {
  const members = text.split(',').map((part) => parseMember(part.trim()));
  const twice = firstRepeat(members, ({ id }) => id);
  if (twice) throw new Error(`names id ${twice.id} twice`);
  const shared = firstRepeat(members, placeOf);
  if (shared) throw new Error(`names address ${addressOf(shared)} twice, perhaps under another name`);
  return members;
}

function parseMember(part: string): Member {
  const match = /^(\d{1,9})=(\[[^\]]+\]|[^:[\]\s]+):(\d{1,5})$/.exec(part);
  const port = Number(match?.[3]);
  const id = Number(match?.[1]);
  if (!match || port < 1 || port > 65_535 || id < 1)
    throw new Error(`has "${part}" where ID=HOST:PORT is needed, for example 1=127.0.0.1:7101`);
  return { id, host: (match[2] ?? '').replace(/^\[|\]$/g, ''), port };
}

/** Formats an address as `host:port`. */
export function addressOf(member: Pick<Member, 'host' | 'port'>): string {
  return member.host.includes(':') ? `[${member.host}]:${member.port}` : `${member.host}:${member.port}`;
}

/** Returns the first element whose key an earlier element has. */
export function firstRepeat<T>(list: readonly T[], keyOf: (element: T) => unknown): T | undefined {
  const keys = list.map(keyOf);
  return list.find((_, i) => keys.indexOf(keys[i]) !== i);
}
