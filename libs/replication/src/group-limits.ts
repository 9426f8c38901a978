/** Possible numbers of voters in a group. An even number would tolerate no more failures than the odd number below it. */
export const VOTER_COUNTS: readonly number[] = [1, 3, 5];

/** `1, 3 or 5` */
export const VOTER_COUNTS_TEXT = VOTER_COUNTS.join(', ').replace(/, (?=\d+$)/, ' or ');

export const MAX_LEARNERS = 16;

/** Minimum number of heartbeats per election timeout, so that one or two lost ones do not start an election. */
export const HEARTBEATS_PER_ELECTION = 5;

/** Names and addresses of this machine; the last two as targets of connections. */
const LOOPBACK = ['localhost', 'localhost.', '127.0.0.1', '[::1]', '[::ffff:7f00:1]', '0.0.0.0', '[::]'];

/** Returns the same text for two members if and only if they can't both listen: `LOCALHOST:7201` is `127.0.0.1:7201`. */
export function placeOf({ host, port }: { readonly host: string; readonly port: number }): string {
  const bracketed = host.includes(':') ? `[${host}]` : host;
  // A URL has one spelling for each address: 127.1 becomes 127.0.0.1, 0:0::1 becomes ::1.
  const spelled = URL.canParse(`http://${bracketed}`) ? new URL(`http://${bracketed}`).hostname : bracketed;
  return `${LOOPBACK.includes(spelled) ? 'loopback' : spelled}:${port}`;
}
