import cluster, { type Worker } from 'node:cluster';
import { Logger } from '@nestjs/common';
import { createLogger, ExitCode } from '#service-kit';
import type { FrontendConfig } from '../frontend.config.js';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** Time from a signal to SIGKILL, in milliseconds. A worker ends by itself within 5 s, so one that has not is frozen. */
const STOP_LIMIT_MS = 7000;
/** Maximum number of restarts within the window. More deaths have a cause that a new worker would meet again. */
const MAX_RESTARTS = 10;
const RESTARTS_WINDOW_MS = 60_000;
/** Tells a worker its number. A replacement takes the number of the worker that died. */
const NUMBER_VARIABLE = 'FRONTEND_WORKER_NUMBER';

/** Number of the worker that this process is; undefined in a gateway without workers. */
export const WORKER_NUMBER = cluster.isWorker ? process.env[NUMBER_VARIABLE] : undefined;

/**
 * Runs `FRONTEND_WORKERS` gateways that share one port by `node:cluster`, each a process with a coherent cache of its own. A
 * worker that dies is replaced; one that fails to start stops all of them, with its exit code.
 */
export class Workers {
  private readonly logger = new Logger('Workers');
  private readonly running = new Map<number, Worker>();
  private recentRestarts = 0;
  private exitCode: number = ExitCode.Done;
  private isStopping = false;

  constructor(private readonly config: FrontendConfig) {}

  run(): void {
    Logger.overrideLogger(createLogger('frontend', this.config));
    for (const signal of STOP_SIGNALS) process.on(signal, () => this.stop(signal));
    for (let number = 1; number <= this.config.frontendWorkers; number += 1) this.start(number);
  }

  private start(number: number): void {
    const worker = cluster.fork({ [NUMBER_VARIABLE]: String(number) });
    let hasListened = false;
    this.running.set(number, worker);
    worker.once('listening', () => (hasListened = true));
    worker.once('exit', (code, signal) => {
      this.running.delete(number);
      if (!this.isStopping) this.replace(number, hasListened, code, signal);
      else if (code > 0) this.exitCode ||= code;
      if (this.running.size === 0) process.exit(this.exitCode);
    });
  }

  private replace(number: number, hasListened: boolean, code: number, signal: string | null): void {
    const how = signal ?? `exit code ${code}`;
    if (hasListened && this.mayRestart()) {
      this.logger.warn(`worker ${number} died (${how}); another one takes its place`);
      this.start(number);
      return;
    }
    const died = `died (${how}) after ${MAX_RESTARTS} restarts in ${RESTARTS_WINDOW_MS / 1000} s`;
    this.logger.error(`worker ${number} ${hasListened ? died : `could not start (${how})`}; stopping the gateway`);
    this.exitCode = code > 0 ? code : ExitCode.Failed;
    this.stop('SIGTERM');
  }

  private mayRestart(): boolean {
    this.recentRestarts += 1;
    setTimeout(() => (this.recentRestarts -= 1), RESTARTS_WINDOW_MS).unref();
    return this.recentRestarts <= MAX_RESTARTS;
  }

  private stop(signal: NodeJS.Signals): void {
    this.isStopping = true;
    this.signalAll(signal);
    setTimeout(() => this.signalAll('SIGKILL'), STOP_LIMIT_MS).unref();
  }

  private signalAll(signal: NodeJS.Signals): void {
    for (const worker of this.running.values()) worker.process.kill(signal);
  }
}
