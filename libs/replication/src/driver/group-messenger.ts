import type { MemberId, Message } from '../core/messages.js';
import { ForeignGroup, type LeaderAddress } from '../errors.js';
import { Acquaintance } from './acquaintance.js';
import type { Batch, EventSink, Transport } from './ports.js';

/** The messages that a driver exchanges with the other members of its group. */
export interface Messenger {
  /** The group that this member is in or is about to join; null before it has heard of it. */
  readonly groupId: string | null;
  /** Never throws and never waits. */
  send(messages: readonly Message[]): void;
  start(receiver: MessageReceiver): void;
  close(): void;
}

export interface MessageReceiver {
  receive(messages: readonly Message[]): void;
  /** The connection to a peer broke: a hint that it may be down. */
  connectionLost(peer: MemberId): void;
  /** A member that knows no group yet has learned that there is one. */
  groupHeard(): void;
}

interface GroupMessengerParts {
  readonly transport: Transport;
  readonly id: MemberId;
  /** Those that this member sends to. */
  readonly peers: readonly LeaderAddress[];
  readonly voters: readonly MemberId[];
  /** For log lines: "order-3". */
  readonly nameOf: (id: MemberId) => string;
  readonly dataDir: string;
  /** The group whose data this member has on its disk; null while it has none. */
  readonly groupIdOnDisk: () => string | null;
  /** Unguessable, and different at each start. */
  readonly incarnation: string;
  readonly now: () => number;
  readonly events: EventSink;
  /** This member's data are of another group than its peers': it has to stop. */
  readonly onForeign: (error: ForeignGroup) => void;
}

/** Between two answers to batches without proof, in milliseconds. */
const GREETING_INTERVAL_MS = 10;
/** Between two warnings about one peer, in milliseconds. */
const WARN_INTERVAL_MS = 10_000;

/**
 * Exchanges messages with the members of this group, and with nobody else.
 *
 * A group has an id (see core/birth.ts), but an id alone proves little: a member without data has none yet, and a stranger
 * may know it. So each process also draws an incarnation at its start, and a batch counts only if it names the incarnation of
 * its receiver. A sender can know that only if the receiver has sent to it, and members send only to the addresses in
 * their own list. Whoever has one of our members in its list by mistake is not in ours, and so never gets that far.
 *
 * 1. A process greets all peers at its start: a batch without messages, with its incarnation.
 * 2. Whoever receives a batch without proof drops the messages, remembers the incarnation, and greets back.
 * 3. Each batch names the incarnations of its receiver that its sender has heard of.
 * 4. With proof, the group ids are compared. Messages of another group are dropped. A member without data takes the first
 *    id that it hears for that of its group, and never takes part in the birth of another one.
 * 5. A member that has met nobody of its own group, and hears the leader or a majority of another one at the addresses of its
 *    peers, is on the wrong data directory, and stops.
 */
export class GroupMessenger implements Messenger {
  private readonly peers: ReadonlyMap<MemberId, Acquaintance>;
  private receiver: MessageReceiver | undefined;
  /** The group that a member without data has heard of. */
  private joining: string | null = null;
  /** The newest leader that was heard before this member had data. */
  private leaderAtBirth = { term: 0, id: 0 };
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
    this.ofOneLeader(messages);
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
    const isNews = peer.heardOf(batch.stamp.incarnation, isProven);
    // A stranger may send as much as it likes: it gets few answers. A peer with proof is new once.
    if (isProven ? isNews : peer.mayGreet(GREETING_INTERVAL_MS, this.parts.now())) this.greet(peer);
    if (!isProven) this.warnOfStranger(peer, batch.stamp.groupId);
    else if (this.isOfThisGroup(peer, batch)) {
      const messages = this.ofOneLeader(batch.messages);
      if (messages.length > 0) this.receiver.receive(messages);
    }
  }

  /**
   * While groups are born, ids can't tell them apart, and two whose lists overlap may each have a leader in one term. The first one
   * is taken for ours. Once there is an id, two leaders in one term are a defect or a broken disk, and the core's to find.
   */
  private ofOneLeader(messages: readonly Message[]): readonly Message[] {
    if (this.parts.groupIdOnDisk() !== null) return messages;
    return messages.filter(({ type, term, from: id }) => {
      if (type !== 'append' && type !== 'snapshotPage') return true;
      if (term > this.leaderAtBirth.term) this.leaderAtBirth = { term, id };
      return term < this.leaderAtBirth.term || id === this.leaderAtBirth.id;
    });
  }

  private isOfThisGroup(peer: Acquaintance, { stamp: { groupId }, messages }: Batch): boolean {
    const ours = this.groupId;
    if (groupId !== null && ours === null) {
      this.joining = groupId;
      this.receiver?.groupHeard();
    }
    if (groupId === null || ours === null) return true;
    peer.groupId = groupId;
    if (groupId === ours) {
      this.hasMetItsGroup = true;
      return true;
    }
    this.refuse(peer, groupId, ours, messages);
    return false;
  }

  /** Drops what a peer of another group sent. Whether it is the peer that is wrong here, or this member, only the others can tell. */
  private refuse(peer: Acquaintance, theirs: string, ours: string, messages: readonly Message[]): void {
    const { id, voters, nameOf, dataDir } = this.parts;
    const alike = voters.filter((voter) => this.peers.get(voter)?.groupId === theirs).length;
    const isLed = messages.some(({ type }) => type === 'append' || type === 'snapshotPage');
    const isOutvoted = isLed || alike > voters.length / 2;
    if (!this.hasMetItsGroup && isOutvoted && this.parts.groupIdOnDisk() !== null) {
      this.parts.onForeign(new ForeignGroup(nameOf(id), dataDir, ours, theirs));
      return;
    }
    this.warn(
      peer,
      `${peer.description} belongs to group ${theirs}, and this member (${dataDir}) to group ${ours}: nothing that it sends is taken. ` +
        'One of the two is on a wrong data directory or has a wrong list of members.',
    );
  }

  /** Somebody speaks in the name of a peer and has never heard from this member. A peer that has just started proves itself at once. */
  private warnOfStranger(peer: Acquaintance, groupId: string | null): void {
    if (!peer.isImpersonated) return;
    const of = groupId === null ? '' : ` of group ${groupId}`;
    this.warn(
      peer,
      `messages in the name of ${peer.description} come from a process${of} that this member does not reach at that address: nothing of it is taken. ` +
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
    const { id, incarnation, groupIdOnDisk } = this.parts;
    return {
      from: id,
      to: peer.id,
      stamp: { groupId: groupIdOnDisk(), incarnation, knows: peer.incarnations },
      messages,
    };
  }
}
