import type { Entry, MemberId } from '../../src/core/messages.js';
import type { State } from './state-machine.js';

/** The outcome of a request, as known to the member that received it. */
export type Answer = {
  readonly outcome: 'done' | 'refused' | 'unknown';
  readonly value: string;
  readonly leader: MemberId | null;
};

type Reply = (answer: Answer) => void;

/** Client requests that wait at one member. */
export class Requests {
  private lastRead = 0;
  private readonly writes = new Map<number, { readonly data: string; readonly reply: Reply }>();
  private readonly reads = new Map<number, { readonly key: number; readonly reply: Reply }>();
  private confirmed: { readonly index: number; readonly key: number; readonly reply: Reply }[] = [];

  addWrite(index: number, data: string, reply: Reply): void {
    this.writes.set(index, { data, reply });
  }

  applied(entry: Entry): void {
    const write = this.writes.get(entry.index);
    if (write === undefined) return;
    this.writes.delete(entry.index);
    // If another leader's entry is at this index, ours can't commit any more.
    write.reply({ outcome: write.data === entry.data ? 'done' : 'refused', value: '', leader: null });
  }

  /** Ends writes with an unknown outcome: a snapshot has replaced the log. */
  forgetWrites(): void {
    this.writes.clear();
  }

  addRead(key: number, reply: Reply): number {
    this.lastRead += 1;
    this.reads.set(this.lastRead, { key, reply });
    return this.lastRead;
  }

  confirm(id: number, index: number): void {
    const read = this.reads.get(id);
    this.reads.delete(id);
    if (read !== undefined) this.confirmed.push({ ...read, index });
  }

  failRead(id: number, leader: MemberId | null): void {
    this.reads.get(id)?.reply({ outcome: 'refused', value: '', leader });
    this.reads.delete(id);
  }

  answerReads({ index: applied, values }: State): void {
    if (this.confirmed.length === 0) return;
    const ripe = this.confirmed.filter(({ index }) => index <= applied);
    this.confirmed = this.confirmed.filter(({ index }) => index > applied);
    for (const { key, reply } of ripe) reply({ outcome: 'done', value: values[key] ?? '', leader: null });
  }
}
