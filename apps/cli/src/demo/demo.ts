import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { type AppName, freePorts } from '#harness';
import { addressOf, ExitCode } from '#service-kit';
import { SETTINGS } from '../cli.config.js';
import { CliError } from '../cli-error.js';
import { aborted } from '../ending.js';
import type { System } from '../find-system.js';
import { ExchangeClient } from '#exchange';
import { exchangeClientOf } from '../exchange-client.js';
import { quorumProblems, statusTable } from '../status/status-table.js';
import { verifySystem } from '../verify/system/verify-system.js';
import { renderTable } from '../terminal/table.js';
import { note, paint, print } from '../terminal/terminal.js';
import { Cluster } from './cluster.js';
import { Control } from './control.js';
import { ControlServer } from './control-server.js';
import { controlPath, gatewaysOf, type DemoInfo } from './control.messages.js';
import { Controls } from './controls.js';
import { createDataDirectory, gatewayHost, transferWords, requireNativeModule } from './demo-parts.js';
import { LoadSwitch } from './load-switch.js';
import { LogView, logFileOf } from './log-view.js';
import { PageServer } from './page-server.js';
import { requireFree } from './require-free.js';
import { createPrivateDirectory, privateDirectory, removePrivateDirectory } from './private-directory.js';
import { notReadyYet, requireRestarted, waitForNothingMissing } from './readiness.js';
import { createTopology, defaultPorts, type Topology, type TopologyPorts } from './topology.js';

const READY_LIMIT_MS = 30_000;
const ASK_TIMEOUT_MS = 1000;

export interface DemoOptions {
  readonly replicas: number;
  readonly catalogs: number;
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
  readonly load = new LoadSwitch(() => this.gateways.map(({ url }) => url), announce);
  readonly page: PageServer;
  private readonly cluster: Cluster;
  private readonly monitor: ExchangeClient;
  private readonly logs: LogView;
  private readonly server: ControlServer;
  private isServing = false;
  private ending: Promise<void> | undefined;

  /** Checks everything that can be checked before anything is started. */
  static async prepare(options: DemoOptions): Promise<Demo> {
    requireNativeModule();
    const host = gatewayHost();
    const ports = await choosePorts(options, host);
    const socket = controlPath(ports.frontend[0] ?? 0);
    const temporary = join(privateDirectory(), `data-${randomUUID()}`);
    const dataDir = options.dataDir === undefined ? temporary : resolve(options.dataDir);
    const topology = createTopology(ports, host, dataDir);
    await requireFree(topology.processes);
    createPrivateDirectory();
    createDataDirectory(dataDir);
    return new Demo(topology, dataDir, socket, dataDir === temporary);
  }

  private constructor(
    readonly topology: Topology,
    readonly dataDir: string,
    socket: string,
    private readonly isTemporary: boolean,
  ) {
    this.cluster = new Cluster(topology, dataDir, isTemporary ? [dataDir, socket] : [socket]);
    this.system = { order: topology.order, catalog: topology.catalog, clusterToken: SETTINGS.clusterToken };
    this.monitor = exchangeClientOf(this.system);
    this.controls = new Controls(this.cluster, this.monitor);
    this.logs = new LogView(
      topology.processes.map(({ name }) => name),
      (name) => logFileOf(dataDir, name),
    );
    const control = new Control({
      controls: this.controls,
      info: () => this.info(),
      turnLoad: (to) => this.load.turn(to),
      verify: () => verifySystem(this.system, note),
      announce: (done) => {
        this.load.expectGap();
        announce(done);
      },
    });
    this.server = new ControlServer(socket, control);
    this.page = new PageServer(control, () => this.gatewaysToTry);
    this.cluster.on('exited', (name, end, isExpected) => {
      this.load.expectGap();
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

  /** A frozen gateway accepts connections, and answers nothing. */
  private get gatewaysToTry(): readonly string[] {
    const running = this.cluster.list().filter(({ state }) => state === 'running');
    return this.gateways.filter(({ name }) => running.some(({ spec }) => spec.name === name)).map(({ url }) => url);
  }

  hasPaused(): boolean {
    return this.cluster.list().some(({ state }) => state === 'paused');
  }

  /** Starts all processes and waits until the system serves. */
  async start(): Promise<void> {
    const startedAt = performance.now();
    const ofTheData = this.isTemporary ? ', which is removed at the end: --data-dir DIR keeps them' : '';
    note(`starting ${this.topology.processes.length} processes, data and logs in ${this.dataDir}${ofTheData}`);
    this.logs.start();
    await this.server.listen();
    await this.page.listen();
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
    const report = await this.monitor.report(ASK_TIMEOUT_MS);
    const roles = new Map(report.members.map(({ process, status }) => [process, status?.role]));
    const rows = this.cluster
      .list()
      .map(({ spec, pid, state }) => [
        spec.name,
        addressOf(spec),
        spec.app === 'frontend' ? 'gateway' : (roles.get(spec.name) ?? null),
        pid,
        state,
      ]);
    print(renderTable(['process', 'address', 'role', 'pid', 'state'], rows, ['pid', 'address']));
    const transfer = SETTINGS.preferHighestId ? transferWords(report) : undefined;
    if (transfer !== undefined) note(transfer);
  }

  /** Tells when processes that have been started again serve. */
  async waitForRestarted(names: readonly string[]): Promise<void> {
    const missing = await requireRestarted(names, () => Promise.resolve(this.info()), this.system);
    announce(missing.length === 0 ? `${names.join(', ')} ready` : `not ready yet: ${missing.join('; ')}`);
  }

  async printStatus(): Promise<void> {
    const report = await this.monitor.report(ASK_TIMEOUT_MS);
    print(statusTable(report, this.info().processes));
    for (const problem of quorumProblems(report)) note(paint('red', problem, process.stderr));
  }

  /** Stops what is under way in order, and at once as soon as `urgent` is given. However often it is called, it ends once. */
  end(urgent: AbortSignal): Promise<void> {
    this.ending ??= this.endOnce(urgent);
    return this.ending;
  }

  private async endOnce(urgent: AbortSignal): Promise<void> {
    this.logs.quieten();
    this.server.close();
    this.page.close();
    note('stopping all processes …');
    await Promise.race([this.cluster.stopAll(), aborted(urgent)]);
    this.logs.stop();
    this.monitor.close();
    await this.cluster.close();
    if (this.isTemporary) note('its data and logs are removed; `bazaar demo --data-dir DIR` keeps them');
    removePrivateDirectory();
  }

  /** Fails at once when a process has ended: waiting would not bring it back. */
  private whatIsMissing(): Promise<readonly string[]> {
    const dead = this.cluster.list().find(({ state }) => state === 'dead');
    if (dead === undefined) return notReadyYet(this.monitor, this.gateways);
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
      page: this.page.url,
      load: this.load.position,
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
    order: options.replicas,
    catalog: options.catalogs,
    frontend: options.frontends,
  };
  if (options.port !== 0) return defaultPorts(counts, options.port);
  const free = await freePorts(counts.order + counts.catalog + counts.frontend, host);
  return {
    order: free.slice(0, counts.order),
    catalog: free.slice(counts.order, counts.order + counts.catalog),
    frontend: free.slice(counts.order + counts.catalog),
  };
}
