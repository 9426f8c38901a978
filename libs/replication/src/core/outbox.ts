import type { Message } from './messages.js';
import type { PageRequest, PageToStore } from './ready.js';

/** Gathers the core's effects until the next `takeReady()`. `Ready` documents the order in which they may happen. */
export class Outbox {
  /** Messages that promise nothing about this member's disk. */
  now: Message[] = [];
  /** Messages that promise that something is durable here: votes and acknowledgements. */
  afterPersist: Message[] = [];
  /** Reads that may be answered once `index` is applied. */
  reads: { readonly id: number; readonly index: number }[] = [];
  /** Reads whose leadership could not be proven. */
  failedReads: number[] = [];
  /** Pages of snapshots that the shell must read. */
  pageRequests: PageRequest[] = [];
  /** A page that has arrived. At most one is kept at a time, to bound memory. */
  storePage: PageToStore | null = null;

  get hasImmediate(): boolean {
    return this.now.length > 0 || this.reads.length > 0 || this.failedReads.length > 0 || this.pageRequests.length > 0;
  }
}
