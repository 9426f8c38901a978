import type { MemberId } from '../core/messages.js';
import type { MemberAddress } from '../errors.js';

/** Maximum number of unproven incarnations kept per peer, so that strangers using its name can't displace the real one for long. */
const UNPROVEN_KEPT = 3;
/** Maximum number of batches that a peer sends before it has received one from this process. */
const UNPROVEN_AT_A_START = 20;

/** Tracks what one process knows about a peer's present process. */
export class Acquaintance {
  /** The group that it last proved to be in; null before that. */
  groupId: string | null = null;
  /** The incarnation that has proved to be at the peer's address. Strangers can't replace it. */
  private proven: string | null = null;
  private unproven: readonly string[] = [];
  /** Number of batches without proof, except those of an incarnation that proved itself later. */
  private unprovenBatches = 0;
  private greetedAt = -Infinity;
  private warnedAt = -Infinity;

  constructor(
    private readonly address: MemberAddress,
    private readonly name: string,
  ) {}

  get id(): MemberId {
    return this.address.id;
  }

  /** The incarnations, one of which may be the present one. */
  get incarnations(): readonly string[] {
    return this.proven === null ? this.unproven : [this.proven, ...this.unproven];
  }

  /** Records a batch of this incarnation. Returns whether the incarnation was unknown. */
  received(incarnation: string, isProven: boolean): boolean {
    const isNews = !this.incarnations.includes(incarnation);
    if (isProven && incarnation !== this.proven) {
      // Keep the previous one: a late batch of it must not displace the present one.
      const others = [this.proven, ...this.unproven].filter((other) => other !== null && other !== incarnation);
      this.unproven = (others as string[]).slice(0, UNPROVEN_KEPT);
      this.proven = incarnation;
      this.unprovenBatches = 0;
    } else if (!isProven) {
      if (isNews) this.unproven = [incarnation, ...this.unproven].slice(0, UNPROVEN_KEPT);
      this.unprovenBatches += 1;
    }
    return isNews;
  }

  /** Whether more unproven batches arrived since the last warning than a peer sends before it has received one from this process. */
  get isImpersonated(): boolean {
    return this.unprovenBatches > UNPROVEN_AT_A_START;
  }

  /** Reports whether enough time has passed since the last greeting, and if so, records a new one. */
  mayGreet(intervalMs: number, now: number): boolean {
    if (now - this.greetedAt < intervalMs) return false;
    this.greetedAt = now;
    return true;
  }

  mayWarn(intervalMs: number, now: number): boolean {
    if (now - this.warnedAt < intervalMs) return false;
    this.warnedAt = now;
    this.unprovenBatches = 0;
    return true;
  }

  /** Name and address, for log lines. */
  get description(): string {
    return `${this.name} at ${this.address.host}:${this.address.port}`;
  }
}
