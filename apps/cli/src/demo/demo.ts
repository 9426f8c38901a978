import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { addressOf, ExitCode, loadConfig, ProcessConfig } from '@stock-bazaar/contracts';
import { CliError } from '../cli-error.js';
import type { System } from '../find-system.js';
import { GroupMonitor, type GroupReport } from '../report/cluster-status.js';
import { quorumProblems, statusTable } from '../report/status-table.js';
import { renderTable } from '../report/table.js';
import { note, paint, print } from '../report/terminal.js';
import { Cluster } from './cluster.js';
import { ControlServer } from './control-server.js';
import { controlPath, gatewaysOf, type DemoInfo } from './control.messages.js';
import { Controls } from './controls.js';
import { LogView, logFileOf } from './log-view.js';
import { freePorts, requireFree } from './ports.js';
import { notReadyYet, waitForNothingMissing } from './readiness.js';
import { createTopology, defaultPorts, type AppName, type Topology, type TopologyPorts } from './topology.js';

const READY_LIMIT_MS = 30_000;
const ASK_TIMEOUT_MS = 1000;

export interface DemoOptions {
  readonly replicas: number;
  readonly catalogReplicas: number;
  readonly frontends: number;
  /** Of the first gateway; 0 to let all ports be chosen. */
  readonly port: number;
  /** Kept; temporary data without it. */
  readonly dataDir?: string;
}

/** The whole system on this machine, from the first check to the last process. */
export class Demo {
  readonly controls: Controls;
  readonly system: System;
  private readonly monitors: readonly GroupMonitor[];
  private readonly logs: LogView;
  private readonly server: ControlServer;
  private isServing = false;
  private isEnding = false;

  /** Checks everything that can be checked before anything is started. */
  static async prepare(options: DemoOptions): Promise<Demo> {
    const host = process.env['HOST'] ?? '127.0.0.1';
    const { clusterToken } = loadConfig(ProcessConfig);
    const ports = await choosePorts(options, host);
    const temporary = join(tmpdir(), `stock-bazaar-${randomUUID()}`);
    const dataDir = options.dataDir === undefined ? temporary : resolve(options.dataDir);
    const topology = createTopology(ports, host, dataDir);
    await requireFree(topology.processes);
    mkdirSync(join(dataDir, 'logs'), { recursive: true, mode: 0o700 });
    const socket = controlPath(ports.frontend[0] ?? 0);
    const leftovers = options.dataDir === undefined ? [dataDir, socket] : [socket];
    return new Demo(topology, dataDir, socket, new Cluster(topology, dataDir, leftovers), clusterToken);
  }

  private constructor(
    readonly topology: Topology,
    readonly dataDir: string,
    socket: string,
    private readonly cluster: Cluster,
    clusterToken: string | undefined,
  ) {
    this.system = { order: topology.order, catalog: topology.catalog, clusterToken };
    const orders = new GroupMonitor('order', topology.order, clusterToken);
    this.monitors = [orders, new GroupMonitor('catalog', topology.catalog, clusterToken)];
    this.controls = new Controls(cluster, orders);
    this.logs = new LogView(
      topology.processes.map(({ name }) => name),
      (name) => logFileOf(dataDir, name),
    );
    this.server = new ControlServer(socket, this.controls, () => this.info(), announce);
    this.cluster.on('exited', (name, end, isExpected) => {
      // Its last words first.
      this.logs.poll();
      if (!isExpected && this.isServing)
        announce(`${name} ended (${end}); \`bazaar restart ${name}\` starts it again`, 'red');
    });
  }

  /** Calls back when all processes are gone because the one that keeps them is. */
  onLost(listener: () => void): void {
    this.cluster.on('lost', listener);
  }

  get gateways(): readonly { name: string; url: string }[] {
    return gatewaysOf(this.info());
  }

  hasPaused(): boolean {
    return this.cluster.list().some(({ state }) => state === 'paused');
  }

  /** Starts all processes and waits until the system serves. */
  async start(): Promise<void> {
    const startedAt = performance.now();
    note(`starting ${this.topology.processes.length} processes, data and logs in ${this.dataDir}`);
    this.logs.start();
    await this.server.listen();
    for (const { name } of this.topology.processes) await this.cluster.start(name);
    const missing = await waitForNothingMissing(() => this.whatIsMissing(), READY_LIMIT_MS);
    if (missing.length > 0) {
      throw new CliError(
        `not ready after ${READY_LIMIT_MS / 1000} s:\n  ${missing.join('\n  ')}`,
        'look at what the processes said above; with --data-dir their logs are kept',
        ExitCode.Unavailable,
      );
    }
    this.isServing = true;
    note(`ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  }

  async printProcesses(): Promise<void> {
    const groups = await this.ask();
    const roles = new Map(
      groups.flatMap(({ members }) => members.map(({ process, status }) => [process, status?.role])),
    );
    const rows = this.cluster
      .list()
      .map(({ spec, pid, state }) => [
        spec.name,
        addressOf(spec),
        spec.app === 'frontend' ? 'gateway' : (roles.get(spec.name) ?? null),
        pid,
        state,
      ]);
    print(renderTable(['process', 'address', 'role', 'pid', 'state'], rows));
  }

  async printStatus(): Promise<void> {
    const groups = await this.ask();
    print(statusTable(groups, this.info().processes));
    for (const problem of quorumProblems(groups)) note(paint('red', problem, process.stderr));
  }

  /** Stops what is under way in order; a second call, or the time limit of each process, cuts it short. */
  async end(): Promise<void> {
    if (!this.isEnding) {
      this.isEnding = true;
      this.logs.quieten();
      this.server.close();
      note('stopping all processes …');
      await Promise.race([this.cluster.stopAll(), new Promise<void>((cut) => (this.cutShort = cut))]);
    } else {
      this.cutShort();
    }
    this.logs.stop();
    for (const monitor of this.monitors) monitor.close();
    await this.cluster.close();
  }

  private cutShort: () => void = () => undefined;

  private ask(): Promise<readonly GroupReport[]> {
    return Promise.all(this.monitors.map((monitor) => monitor.ask(ASK_TIMEOUT_MS)));
  }

  /** Fails at once when a process has ended: waiting would not bring it back. */
  private whatIsMissing(): Promise<readonly string[]> {
    const dead = this.cluster.list().find(({ state }) => state === 'dead');
    if (dead === undefined) {
      return notReadyYet(this.monitors, this.gateways);
    }
    const code = Number(/^exit code (\d+)$/.exec(dead.end ?? '')?.[1] ?? ExitCode.Failed);
    throw new CliError(
      `${dead.spec.name} ended while it started (${dead.end})`,
      'correct what it said above, then repeat',
      code === ExitCode.Done ? ExitCode.Failed : code,
    );
  }

  private info(): DemoInfo {
    return {
      pid: process.pid,
      url: this.topology.url,
      dataDir: this.dataDir,
      orderReplicas: this.topology.order,
      catalogReplicas: this.topology.catalog,
      processes: this.cluster
        .list()
        .map(({ spec, pid, state }) => ({ name: spec.name, address: addressOf(spec), pid, state })),
    };
  }
}

/** One line for what was done to the system, or what befell it. */
export function announce(what: string, style: 'bold' | 'red' = 'bold'): void {
  note(paint(style, what, process.stderr));
}

async function choosePorts(options: DemoOptions, host: string): Promise<TopologyPorts> {
  const counts: Record<AppName, number> = {
    catalog: options.catalogReplicas,
    order: options.replicas,
    frontend: options.frontends,
  };
  if (options.port !== 0) return defaultPorts(counts, options.port);
  const free = await freePorts(counts.catalog + counts.order + counts.frontend, host);
  return {
    catalog: free.slice(0, counts.catalog),
    order: free.slice(counts.catalog, counts.catalog + counts.order),
    frontend: free.slice(counts.catalog + counts.order),
  };
}
