import cluster, { type Worker } from 'node:cluster';
import { Logger } from '@nestjs/common';
import { createLogger, ExitCode } from '#service-kit';
import type { FrontendConfig } from '../frontend.config.js';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** A worker that has not ended so long after a signal is frozen: each ends by itself within 5 s. */
const STOP_LIMIT_MS = 7000;
/** More deaths than this in so much time are not an accident that a new worker could make good. */
const MAX_RESTARTS = 10;
const RESTARTS_WINDOW_MS = 60_000;
/** Tells a worker which of them it is; a successor takes the number of the one that died. */
const NUMBER_VARIABLE = 'FRONTEND_WORKER_NUMBER';

/** Which worker this process is; undefined where there are none. */
export const WORKER_NUMBER = cluster.isWorker ? process.env[NUMBER_VARIABLE] : undefined;

/**
 * Keeps several gateways that share one port, each a process with a coherent cache of its own. One that dies is replaced;
 * one that could not even start ends all, with its exit code. Ends when they have ended.
 */
export class Workers {
  private readonly logger = new Logger('Workers');
  private readonly running = new Map<number, Worker>();
  private readonly restarts: number[] = [];
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
    this.logger.error(
      `worker ${number} ${hasListened ? 'dies again and again' : 'could not start'} (${how}); stopping`,
    );
    this.exitCode = code > 0 ? code : ExitCode.Failed;
    this.stop('SIGTERM');
  }

  private mayRestart(): boolean {
    const now = performance.now();
    while ((this.restarts[0] ?? now) < now - RESTARTS_WINDOW_MS) this.restarts.shift();
    this.restarts.push(now);
    return this.restarts.length <= MAX_RESTARTS;
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
