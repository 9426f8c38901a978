import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, Processes } from '#harness';
import {
  GroupClient,
  STATUS_PATTERN,
  type MemberAddress,
  type ReplicaStatus,
} from '../../libs/replication/src/index.js';
import { TcpProxy } from '../cluster/support/tcp-proxy.js';
import { waitFor } from '../system/support/wait-for.js';
import type { MemberSettings } from './member.process.js';

const HOST = '127.0.0.1';
const VOTERS = [1, 2, 3];
const LEARNERS = [101, 102];
const ASK_LIMIT_MS = 1000;
const START_LIMIT_MS = 60_000;

export interface GroupOptions {
  /** The compiled `member.process.js`. */
  readonly main: string;
  readonly learners: 0 | 1 | 2;
  /** Members reach each other through proxies, so that a network can be cut. @default false */
  readonly isWired?: boolean;
  /** @default false */
  readonly readsAtOnce?: boolean;
  /** Additional time that each sync of a member takes, in milliseconds. @default 0 */
  readonly diskMs?: number;
}

/** Three voters and some learners, each a process of its own on free ports and temporary data. */
export class LearnerGroup {
  readonly voters = VOTERS;
  readonly learners: readonly number[];
  readonly client: GroupClient;
  readonly directory = mkdtempSync(join(tmpdir(), 'learners-'));
  private readonly processes = new Processes(this.directory);
  /** By who calls and who is called. */
  private readonly wires = new Map<string, TcpProxy>();
  private readonly everyone: GroupClient;

  private constructor(
    private readonly options: GroupOptions,
    private readonly ports: ReadonlyMap<number, number>,
  ) {
    this.learners = LEARNERS.slice(0, options.learners);
    const address = (id: number): MemberAddress => ({ id, host: HOST, port: ports.get(id) ?? 0 });
    this.client = new GroupClient({ group: 'counters', voters: this.voters.map(address) });
    this.everyone = new GroupClient({ group: 'counters', voters: this.ids.map(address) });
  }

  /** A group that has a leader, and whose learners hold a lease. */
  static async start(options: GroupOptions): Promise<LearnerGroup> {
    const ids = [...VOTERS, ...LEARNERS.slice(0, options.learners)];
    const ports = await freePorts(ids.length);
    const group = new LearnerGroup(options, new Map(ids.map((id, i) => [id, ports[i] ?? 0])));
    try {
      await group.layWires();
      await Promise.all(ids.map((id) => group.startMember(id)));
      await group.waitUntilWhole(Math.max(...group.voters));
      return group;
    } catch (error) {
      const logs = group.logs();
      await group.close();
      throw new Error(`the group did not become ready; its logs:\n${logs}`, { cause: error });
    }
  }

  get ids(): readonly number[] {
    return [...this.voters, ...this.learners];
  }

  async startMember(id: number): Promise<void> {
    const addresses = (ids: readonly number[]): readonly MemberAddress[] =>
      ids.map((to) => ({ id: to, host: HOST, port: this.wires.get(`${id} ${to}`)?.port ?? this.portOf(to) }));
    const settings: MemberSettings = {
      port: this.portOf(id),
      readsAtOnce: this.options.readsAtOnce ?? false,
      diskMs: this.options.diskMs ?? 0,
      options: {
        ...{ group: 'counters', id, voters: addresses(this.voters), learners: addresses(this.learners) },
        role: this.learners.includes(id) ? 'learner' : 'voter',
        dataDir: join(this.directory, `data-${id}`),
        // Few, so that a member that was away may need a snapshot.
        keepEntries: 200,
      },
    };
    await this.processes.start({
      name: nameOf(id),
      main: this.options.main,
      env: { MEMBER: JSON.stringify(settings) },
    });
  }

  pid(id: number): number {
    return this.processes.pid(nameOf(id)) ?? 0;
  }

  async kill(id: number): Promise<void> {
    await this.processes.end(nameOf(id), 'SIGKILL');
  }

  freeze(id: number): void {
    this.processes.signal(nameOf(id), 'SIGSTOP');
  }

  resume(id: number): void {
    this.processes.signal(nameOf(id), 'SIGCONT');
  }

  /** Nothing passes between some members and the others until `heal`; clients reach all of them. */
  partition(island: readonly number[]): void {
    for (const [name, wire] of this.wires) {
      const [from = 0, to = 0] = name.split(' ').map(Number);
      if (island.includes(from) !== island.includes(to)) wire.silence();
    }
  }

  heal(): void {
    for (const wire of this.wires.values()) wire.cut();
  }

  /** Asks one member; undefined when it gives no answer, or an error. */
  async ask<T>(id: number, pattern: string, payload: object = {}, timeoutMs = ASK_LIMIT_MS): Promise<T | undefined> {
    const result = await this.everyone.ask<T>(id, pattern, payload, timeoutMs);
    return 'answer' in result ? result.answer : undefined;
  }

  status(id: number): Promise<ReplicaStatus | undefined> {
    return this.ask(id, STATUS_PATTERN);
  }

  /** Who leads, in the latest term of those that answer. */
  async leader(): Promise<number | undefined> {
    const statuses = await Promise.all(this.voters.map((id) => this.status(id)));
    const leaders = statuses.filter((status) => status !== undefined).filter(({ role }) => role === 'leader');
    return leaders.sort((a, b) => b.term - a.term)[0]?.id;
  }

  /**
   * Until all members serve and follow one leader, and all learners hold a lease.
   * @param leader who has to lead. @default anybody; leadership may yet move to the preferred member
   */
  async waitUntilWhole(leader?: number): Promise<void> {
    const isWhole = async (): Promise<boolean> => {
      const statuses = await Promise.all(this.ids.map((id) => this.status(id)));
      return statuses.every(
        (status) =>
          status?.ready === true &&
          status.leader?.id === (leader ?? statuses[0]?.leader?.id) &&
          (this.voters.includes(status.id) || status.readLeaseMs !== null),
      );
    };
    await waitFor('all members serve, and learners hold leases', isWhole, START_LIMIT_MS);
  }

  logs(): string {
    return this.ids.map((id) => `--- ${id}\n${this.processes.log(nameOf(id)).slice(-3000)}`).join('\n');
  }

  async close(): Promise<void> {
    this.client.close();
    this.everyone.close();
    await this.processes.close();
    for (const wire of this.wires.values()) wire.stop();
  }

  private portOf(id: number): number {
    return this.ports.get(id) ?? 0;
  }

  private async layWires(): Promise<void> {
    if (!this.options.isWired) return;
    for (const from of this.ids)
      for (const to of this.ids)
        if (from !== to) this.wires.set(`${from} ${to}`, await TcpProxy.start(this.portOf(to)));
  }
}

function nameOf(id: number): string {
  return `counters-${id}`;
}
