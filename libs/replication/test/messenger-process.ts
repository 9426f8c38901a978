import type { Message } from '../src/core/messages.js';
import { GroupMessenger } from '../src/driver/group-messenger.js';
import type { Batch, TransportReceiver } from '../src/ports.js';

/** Delivers batches at once, to the address in the sender's list. */
export class Network {
  /** The time, in milliseconds. */
  now = 0;
  starts = 0;
  private readonly receivers = new Map<number, TransportReceiver>();
  readonly sent: Batch[] = [];

  transport(port: number, ports: ReadonlyMap<number, number>) {
    return {
      start: (receiver: TransportReceiver) => void this.receivers.set(port, receiver),
      send: (batches: readonly Batch[]) => {
        for (const batch of batches) this.deliver(ports.get(batch.to) ?? 0, batch);
      },
      close: () => void this.receivers.delete(port),
    };
  }

  deliver(port: number, batch: Batch): void {
    this.sent.push(batch);
    this.receivers.get(port)?.receive(batch);
  }
}

/** A process of a group whose members listen on the given ports, the first of which belongs to member 1. */
export class Process {
  readonly received: Message[] = [];
  readonly warnings: string[] = [];
  readonly fatal: string[] = [];
  groupsFound = 0;
  groupIdInLog: string | null = null;
  hasEntries = false;
  readonly messenger: GroupMessenger;

  constructor(
    private readonly network: Network,
    readonly id: number,
    ports: readonly number[],
    public groupId: string | null,
  ) {
    const members = ports.map((port, i) => ({ id: i + 1, host: 'test', port }));
    network.starts += 1;
    network.now += 10;
    this.messenger = new GroupMessenger({
      transport: network.transport(ports[id - 1]!, new Map(members.map((member) => [member.id, member.port]))),
      ...{ id, dataDir: 'data', incarnation: `process ${network.starts}` },
      peers: members.filter((member) => member.id !== id),
      voters: members.map((member) => member.id),
      nameOf: (member) => `order-${member}`,
      groupIdOnDisk: () => this.groupId,
      groupIdInLog: () => this.groupIdInLog,
      hasEntries: () => this.hasEntries,
      now: () => network.now,
      events: { log: () => undefined, warn: (line) => this.warnings.push(line) },
      onForeign: (error) => {
        this.fatal.push(error.message);
        this.messenger.close();
      },
    });
    this.messenger.start({
      receive: (messages) => this.received.push(...messages),
      connectionLost: () => undefined,
      groupFound: () => (this.groupsFound += 1),
    });
  }

  /** Sends a message that only a leader sends, or one that anybody may send. */
  send(to: number, type: 'append' | 'timeoutNow' = 'timeoutNow'): void {
    // Advance the time, because greetings are rate-limited.
    this.network.now += 10;
    this.messenger.send([{ type, from: this.id, to, term: 1 } as Message]);
  }
}
