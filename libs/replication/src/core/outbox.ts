import type { Message } from './messages.js';
import type { PageRequest, PageToStore } from './ready.js';

/** What the core wants done, gathered until the next `takeReady()`; see the order of effects on `Ready`. */
export class Outbox {
  /** Messages that promise nothing about this member's disk. */
  now: Message[] = [];
  /** Messages that promise that something is durable here: votes and acknowledgements. */
  afterPersist: Message[] = [];
  reads: { readonly id: number; readonly index: number }[] = [];
  failedReads: number[] = [];
  pageRequests: PageRequest[] = [];
  storePage: PageToStore | null = null;

  get hasImmediate(): boolean {
    return this.now.length > 0 || this.reads.length > 0 || this.failedReads.length > 0 || this.pageRequests.length > 0;
  }
}
