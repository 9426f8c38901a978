import type { MemberId, Message } from '../core/messages.js';
import { ForeignGroup, type MemberAddress } from '../errors.js';
import { Acquaintance } from './acquaintance.js';
import type { Batch, EventSink, Transport } from '../ports.js';
import { majorityOf } from '../core/majority.js';

/** Sends and receives the messages of a driver to and from the other members of its group. */
export interface Messenger {
  /** The group that this member is in or is about to join; null while it knows none. */
  readonly groupId: string | null;
  /** Never throws and never waits. */
  send(messages: readonly Message[]): void;
  start(receiver: MessageReceiver): void;
  close(): void;
}

export interface MessageReceiver {
  receive(messages: readonly Message[]): void;
  /** The connection to a peer broke, so the peer may be down. */
  connectionLost(peer: MemberId): void;
  /** A member that knew no group has learned that there is one. */
  groupFound(): void;
}

interface GroupMessengerParts {
  readonly transport: Transport;
  readonly id: MemberId;
  /** The members that this one sends to. */
  readonly peers: readonly MemberAddress[];
  readonly voters: readonly MemberId[];
  /** For log lines: "order-3". */
  readonly nameOf: (id: MemberId) => string;
  readonly dataDir: string;
  /** Returns the group whose data this member has on its disk; null while it has none. */
  readonly groupIdOnDisk: () => string | null;
  /** Returns the group whose first entry is in the log, perhaps uncommitted; null without one. */
  readonly groupIdInLog: () => string | null;
  readonly hasEntries: () => boolean;
  /** Unguessable, and different at each start. */
  readonly incarnation: string;
  readonly now: () => number;
  readonly events: EventSink;
  /** Called when this member's data belong to another group than its peers' data. It must stop. */
  readonly onForeign: (error: ForeignGroup) => void;
}

/** Minimum interval between answers to batches without proof, in milliseconds. */
const GREETING_INTERVAL_MS = 10;
/** Minimum interval between warnings about one peer, in milliseconds. */
const WARN_INTERVAL_MS = 10_000;

/**
 * Exchanges messages with the members of this group, and with nobody else.
 *
 * A group has an id (see core/birth.ts), but an id alone proves little: a member without data has none yet, and a stranger
 * may know it. So each process also draws a random incarnation at its start, and a batch is accepted only if it names the
 * incarnation of its receiver. A sender can know that only if the receiver has sent to it, and members send only to the
 * addresses in their own list. A process that lists one of our members by mistake is not in our list, so it never learns it.
 *
 * 1. A process greets all peers at its start: a batch without messages, with its incarnation.
 * 2. The receiver of a batch without proof drops the messages, remembers the incarnation, and greets back.
 * 3. Each batch names the incarnations of its receiver that its sender knows.
 * 4. With proof, the group ids are compared. Messages of another group are dropped. A member without data joins the group
 *    that it receives from, and takes no part in the birth of another one. Until it has entries, it may change to a group with
 *    more peers.
 * 5. A member that has met no member of its own group, and finds a majority of the voters in another one, uses the wrong data
 *    directory, and stops.
 * 6. A member without data can't lead a member with data, nor ask it for its vote; and in each term only the first leader counts.
 */
export class GroupMessenger implements Messenger {
  private readonly peers: ReadonlyMap<MemberId, Acquaintance>;
  private receiver: MessageReceiver | undefined;
  /** The group that a member without data is about to join. */
  private joining: string | null = null;
  /** The leader of the newest term seen in messages, perhaps this member itself. */
  private newestLeader = { term: 0, id: 0 };
  private hasMetItsGroup = false;

  constructor(private readonly parts: GroupMessengerParts) {
    this.peers = new Map(
      parts.peers.map((address) => [address.id, new Acquaintance(address, parts.nameOf(address.id))]),
    );
  }

  get groupId(): string | null {
    return this.parts.groupIdOnDisk() ?? this.joining;
  }

  start(receiver: MessageReceiver): void {
    this.receiver = receiver;
    this.parts.transport.start({
      receive: (batch) => this.take(batch),
      connectionLost: (peer) => receiver.connectionLost(peer),
    });
    for (const peer of this.peers.values()) this.greet(peer);
  }

  send(messages: readonly Message[]): void {
    for (const message of messages) this.isOfOneLeader(message);
    const batches: Batch[] = [];
    for (const peer of this.peers.values()) {
      const its = messages.filter((message) => message.to === peer.id);
      if (its.length > 0) batches.push(this.batchFor(peer, its));
    }
    if (batches.length > 0) this.parts.transport.send(batches);
  }

  close(): void {
    this.receiver = undefined;
    this.parts.transport.close();
  }

  private take(batch: Batch): void {
    const peer = this.peers.get(batch.from);
    if (peer === undefined || this.receiver === undefined) return;
    const isProven = batch.stamp.knows.includes(this.parts.incarnation);
    const isNews = peer.received(batch.stamp.incarnation, isProven);
    // Answers to strangers are limited, however much they send. A peer with proof is greeted once.
    if (isProven ? isNews : peer.mayGreet(GREETING_INTERVAL_MS, this.parts.now())) this.greet(peer);
    if (!isProven) this.warnOfStranger(peer, batch.stamp.groupId);
    else if (this.isOfThisGroup(peer, batch.stamp.groupId)) {
      const messages = batch.messages.filter(
        (message) => this.mayAsk(batch.stamp.groupId, message) && this.isOfOneLeader(message, peer),
      );
      if (messages.length > 0) this.receiver.receive(messages);
    }
  }

  /** Refuses a member with an empty log, which has nothing to propagate and must not get the vote of a member with data. */
  private mayAsk(groupId: string | null, { type }: Message): boolean {
    if (groupId !== null || this.parts.groupIdOnDisk() === null) return true;
    return type !== 'append' && type !== 'snapshotPage' && type !== 'voteRequest' && type !== 'timeoutNow';
  }

  /**
   * Drops messages of a second leader in a term, which this member should neither follow nor stop for. During the birth of groups,
   * two groups with overlapping lists may each have a leader; later it is a stranger at a peer's address, or a peer with a bad disk.
   */
  private isOfOneLeader({ type, term, from: id }: Message, peer?: Acquaintance): boolean {
    if (type !== 'append' && type !== 'snapshotPage') return true;
    if (term > this.newestLeader.term) this.newestLeader = { term, id };
    if (term < this.newestLeader.term || id === this.newestLeader.id) return true;
    const leader = this.parts.nameOf(this.newestLeader.id);
    if (peer)
      this.warn(
        peer,
        `${peer.description} claims to lead term ${term}, which ${leader} leads: its appends and snapshots are dropped`,
      );
    return false;
  }

  private isOfThisGroup(peer: Acquaintance, theirs: string | null): boolean {
    peer.groupId = theirs ?? peer.groupId;
    const ours = this.parts.groupIdOnDisk();
    if (theirs === null) return true;
    if (ours === null) return this.mayJoin(peer, theirs);
    if (theirs === ours) this.hasMetItsGroup = true;
    else this.refuse(peer, theirs, ours);
    return theirs === ours;
  }

  /** Reports whether to join their group. Entries of two groups must never mix in one log: they may have equal indexes and terms. */
  private mayJoin(peer: Acquaintance, theirs: string): boolean {
    const { joining } = this;
    if (theirs === joining) return true;
    if (joining !== null && (this.parts.hasEntries() || this.votersIn(theirs) <= this.votersIn(joining))) {
      this.warn(
        peer,
        `${peer.description} belongs to group ${theirs}, and this member, which has no data yet, is about to join group ${joining}: ` +
          'its messages are dropped. One of the peers is on a wrong data directory or has a wrong list of members.',
      );
      return false;
    }
    this.joining = theirs;
    this.receiver?.groupFound();
    return true;
  }

  private votersIn(groupId: string): number {
    return this.parts.voters.filter((voter) => this.peers.get(voter)?.groupId === groupId).length;
  }

  /** Drops messages of a peer in another group. Only the other peers show which of the two is misplaced. */
  private refuse(peer: Acquaintance, theirs: string, ours: string): void {
    const { id, voters, nameOf, dataDir } = this.parts;
    if (!this.hasMetItsGroup && this.votersIn(theirs) >= majorityOf(voters.length)) {
      this.parts.onForeign(new ForeignGroup(nameOf(id), dataDir, ours, theirs));
      return;
    }
    this.warn(
      peer,
      `${peer.description} belongs to group ${theirs}, and this member (${dataDir}) to group ${ours}: its messages are dropped. ` +
        'One of the two is on a wrong data directory or has a wrong list of members.',
    );
  }

  /** Warns of a process that uses a peer's name but has received nothing from this member. A real peer proves itself soon after its start. */
  private warnOfStranger(peer: Acquaintance, groupId: string | null): void {
    if (!peer.isImpersonated) return;
    const of = groupId === null ? '' : ` of group ${groupId}`;
    this.warn(
      peer,
      `messages in the name of ${peer.description} come from a process${of} that this member does not reach at that address: they are dropped. ` +
        'It may have this member in its list by mistake, or the two lists of members differ.',
    );
  }

  private warn(peer: Acquaintance, line: string): void {
    if (peer.mayWarn(WARN_INTERVAL_MS, this.parts.now())) this.parts.events.warn(line);
  }

  private greet(peer: Acquaintance): void {
    this.parts.transport.send([this.batchFor(peer, [])]);
  }

  private batchFor(peer: Acquaintance, messages: readonly Message[]): Batch {
    const { id, incarnation, groupIdOnDisk, groupIdInLog } = this.parts;
    const groupId = groupIdOnDisk() ?? groupIdInLog();
    return { from: id, to: peer.id, stamp: { groupId, incarnation, knows: peer.incarnations }, messages };
  }
}
