import type { Message } from './messages.js';
import type { PageRequest, PageToStore } from './ready.js';

/** Effects that the core wants, gathered until the next `takeReady()`; the order in which they may happen is written on `Ready`. */
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
  /** A page that has arrived. At most one is kept at a time, so memory stays bounded. */
  storePage: PageToStore | null = null;

  get hasImmediate(): boolean {
    return this.now.length > 0 || this.reads.length > 0 || this.failedReads.length > 0 || this.pageRequests.length > 0;
  }
}
