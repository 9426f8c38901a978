import type { MemberId } from '../src/core/messages.js';
import type { Batch, Transport, TransportReceiver } from '../src/ports.js';
import type { Random } from './simulation/random.js';
import type { VirtualTime } from './virtual-time.js';

/** Delays and loss of messages. */
export interface NetworkSettings {
  /** Minimum delay of a message, in milliseconds. @default 1 */
  readonly minDelayMs: number;
  /** Maximum delay of a message, in milliseconds. @default 3 */
  readonly maxDelayMs: number;
  /** Share of messages that are lost, from 0 to 1. @default 0 */
  readonly loss: number;
}

/** Carries messages between members as text and in order, as TCP does, and simulates partitions. */
export class MemoryNetwork {
  private readonly receivers = new Map<MemberId, TransportReceiver>();
  private readonly lastArrivals = new Map<string, number>();
  /** The sides of a partition. Members of different sides don't receive each other's messages; empty without a partition. */
  private sides: readonly (readonly MemberId[])[] = [];

  constructor(
    private readonly settings: NetworkSettings,
    private readonly time: VirtualTime,
    private readonly random: Random,
  ) {}

  /** Creates the transport of one member. */
  transport(id: MemberId): Transport {
    let receiver: TransportReceiver | undefined;
    return {
      start: (mine) => {
        receiver = mine;
        this.receivers.set(id, mine);
      },
      send: (batches) => {
        for (const batch of batches) this.send(batch);
      },
      close: () => {
        // The next incarnation of this member may have started already.
        if (receiver === this.receivers.get(id)) this.receivers.delete(id);
      },
    };
  }

  partition(sides: readonly (readonly MemberId[])[]): void {
    this.sides = sides;
  }

  heal(): void {
    this.sides = [];
  }

  /** Resets the connections of a member, as the system does when a process dies. */
  reset(id: MemberId): void {
    for (const [other, receiver] of this.receivers) {
      if (!this.areConnected(id, other)) continue;
      this.time.after(this.drawDelay(), () => receiver.connectionLost(id));
    }
  }

  private send(batch: Batch): void {
    const { from, to } = batch;
    const text = JSON.stringify(batch);
    const isLost = this.random.chance(this.settings.loss);
    const link = `${from}>${to}`;
    const arrival = Math.max(this.time.now + this.drawDelay(), this.lastArrivals.get(link) ?? 0);
    this.lastArrivals.set(link, arrival);
    if (isLost || !this.areConnected(from, to)) return;
    this.time.after(arrival - this.time.now, () => {
      if (this.areConnected(from, to)) this.receivers.get(to)?.receive(JSON.parse(text) as Batch);
    });
  }

  areConnected(a: MemberId, b: MemberId): boolean {
    if (this.sides.length === 0 || a === b) return true;
    return this.sides.some((side) => side.includes(a) && side.includes(b));
  }

  private drawDelay(): number {
    return this.random.between(this.settings.minDelayMs, this.settings.maxDelayMs);
  }
}
