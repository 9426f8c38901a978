import { othersOf, type ClusterReport, type MemberReport } from '#exchange';

/** Something that happened to the group between two reports on it. */
export interface Incident {
  readonly kind: 'leader' | 'noLeader' | 'down' | 'up' | 'behind' | 'caughtUp' | 'leaseLost' | 'lease';
  /** Name of the process that it happened to; null when it concerns the whole group. */
  readonly process: string | null;
  /** For people. */
  readonly text: string;
}

/** Log entries by which a member must lag to be behind: more than are usually on their way. */
const BEHIND = 1000;
/** A member that was behind has caught up when it lags by no more than this. */
const CAUGHT_UP = 50;

/** Tells from one report to the next what has happened to the exchange group. */
export class Incidents {
  private before: ClusterReport | undefined;
  private readonly behind = new Set<string>();

  /** Returns what has happened since the report before; nothing for the first one. */
  since(report: ClusterReport): readonly Incident[] {
    const { before } = this;
    this.before = report;
    if (!before) return [];
    const ofMembers = report.members.flatMap((member) => {
      const earlier = before.members.find(({ process }) => process === member.process);
      return earlier ? [...this.contact(earlier, member), ...this.lag(report, member), ...lease(earlier, member)] : [];
    });
    return [...ofMembers, ...leadership(before, report)];
  }

  private contact({ status: earlier }: MemberReport, { process, status, problem }: MemberReport): readonly Incident[] {
    if ((earlier === null) === (status === null)) return [];
    if (status) return [{ kind: 'up', process, text: `${process} answers again` }];
    this.behind.delete(process);
    return [{ kind: 'down', process, text: `${process} does not answer: ${problem}` }];
  }

  private lag({ leader }: ClusterReport, { process, id, status }: MemberReport): readonly Incident[] {
    const lag = othersOf(leader).find((other) => other.id === id)?.lag ?? null;
    if (lag === null || status === null) return [];
    if (lag >= BEHIND && !this.behind.has(process)) {
      this.behind.add(process);
      return [{ kind: 'behind', process, text: `${process} is ${lag} log entries behind, and catches up` }];
    }
    if (lag > CAUGHT_UP || !this.behind.delete(process)) return [];
    return [{ kind: 'caughtUp', process, text: `${process} has caught up` }];
  }
}

function lease(earlier: MemberReport, { process, status, votes }: MemberReport): readonly Incident[] {
  if (votes || status === null || earlier.status === null) return [];
  const [had, has] = [earlier.status.readLeaseMs !== null, status.readLeaseMs !== null];
  if (had === has) return [];
  if (has) return [{ kind: 'lease', process, text: `${process} has a read lease` }];
  return [{ kind: 'leaseLost', process, text: `${process} has lost its read lease; its lookups ask the leader` }];
}

function leadership({ leader: earlier }: ClusterReport, { leader }: ClusterReport): readonly Incident[] {
  if (!leader) return earlier ? [{ kind: 'noLeader', process: null, text: 'no order replica leads: trades wait' }] : [];
  const { process, status } = leader;
  if (earlier?.process === process && earlier.status.term === status.term) return [];
  const from = earlier && earlier.process !== process ? `, after ${earlier.process}` : '';
  return [{ kind: 'leader', process, text: `${process} leads in term ${status.term}${from}` }];
}
