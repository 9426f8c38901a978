import { Campaign } from './campaign.js';
import type { MemberId, Message } from './messages.js';
import type { ReplicaState } from './replica-state.js';
import type { RoleBehaviour, Transitions } from './role.js';
import { answerPreVote, answerVote } from './voting.js';

/**
 * Asks "would you vote for me?" until a majority says yes or a leader is found (pre-vote, Raft thesis 9.6). This changes no term
 * and no vote. So a member that could not win an election, because it is partitioned or its log is too short, never starts
 * one, and never disturbs the leader that the others follow.
 */
export class PreCandidate implements RoleBehaviour {
  readonly role = 'preCandidate';
  /** False, so it grants pre-votes itself; otherwise two of three members that ask at once would both fail. */
  readonly hasLiveLeader = false;
  private readonly campaign: Campaign;
  /** Lets a higher id go first, until it asks again itself. */
  private yields = false;
  /** True once it has yielded, which it does only once (see `yieldTo`). */
  private hasYielded = false;

  constructor(
    private readonly state: ReplicaState,
    private readonly to: Transitions,
  ) {
    this.campaign = new Campaign(state, to);
  }

  start(): void {
    this.ask();
    // A group of one needs no answer for a majority.
    this.count();
  }

  tick(): void {
    this.campaign.tick(() => {
      this.yields = false;
      this.ask();
    });
  }

  step(message: Message): void {
    switch (message.type) {
      case 'append':
      case 'snapshotPage':
        this.campaign.follow(message);
        return;
      case 'preVoteResponse':
        // A refusal is not kept: the same voter may say yes later, once it misses its leader, too. Answers for another term belong to
        // an earlier campaign.
        if (this.yields || !message.granted || message.term !== this.state.term + 1) return;
        this.campaign.answered(message.from, true);
        this.count();
        return;
      case 'preVoteRequest':
        if (answerPreVote(this.state, message, this.hasLiveLeader)) this.yieldTo(message.from);
        return;
      case 'voteRequest':
        if (answerVote(this.state, message)) this.to.becomeFollower(message.term, null);
        return;
      case 'voteResponse':
      case 'appendResponse':
      case 'snapshotResponse':
      case 'leaseRequest':
      case 'leaseResponse':
      case 'timeoutNow':
        // Addressed to a role that this member had earlier in this term, or from a leader that it no longer follows.
        return;
      default:
        message satisfies never;
    }
  }

  /**
   * Lets a higher id go first. Two members that ask at the same moment would say yes to each other, vote for themselves, and both
   * wait for another timeout. Only once, because the other one may receive no answers and ask for ever.
   */
  private yieldTo(id: MemberId): void {
    if (id < this.state.id || this.hasYielded) return;
    this.hasYielded = true;
    this.yields = true;
    // Otherwise earlier answers could still make it a candidate, competing with the one that it lets go first.
    this.campaign.forgetAnswers();
  }

  private count(): void {
    if (this.campaign.hasMajority && this.state.mayCampaign) this.to.becomeCandidate(false);
  }

  private ask(): void {
    // The term that it would lead. Its own term does not change, so that nobody follows it in vain.
    const term = this.state.term + 1;
    // Sent at once, not after a sync: a pre-vote implies no vote of this member.
    for (const question of this.campaign.questions())
      this.state.out.now.push({ type: 'preVoteRequest', ...question, term });
  }
}
