import { ApiProperty } from '@nestjs/swagger';
import { learnersOf, othersOf, votersOf, type ClusterReport, type LeaderReport, type MemberReport } from '#exchange';
import { COUNT } from '../docs/schemas.js';

const ROLES = ['gateway', 'learner', 'follower', 'preCandidate', 'candidate', 'leader', 'unknown'] as const;

export class LeaderView {
  @ApiProperty({ example: '127.0.0.1:7103' })
  readonly leader!: string;

  @ApiProperty({ ...COUNT, minimum: 1, example: 3 })
  readonly id!: number;

  @ApiProperty({ ...COUNT, example: 7 })
  readonly term!: number;
}

export class LeaderAnswer {
  @ApiProperty()
  readonly data!: LeaderView;
}

/** One process. A member that did not answer has null for everything that only it knows. */
export class ProcessView {
  @ApiProperty({ example: 'order-3' })
  readonly process!: string;

  @ApiProperty({ example: '127.0.0.1:7103' })
  readonly address!: string;

  @ApiProperty({ example: true, description: 'Whether it answered.' })
  readonly up!: boolean;

  @ApiProperty({ example: true, description: 'Whether it serves.' })
  readonly ready!: boolean;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Why it is not up, or not ready.' })
  readonly problem!: string | null;

  @ApiProperty({ enum: ROLES, example: 'leader' })
  readonly role!: (typeof ROLES)[number];

  @ApiProperty({
    type: String,
    nullable: true,
    example: '16d840377aa935bfaabacaafa0510163',
    description: 'Names its group unlike any other of the same name; null while it has no data.',
  })
  readonly groupId!: string | null;

  @ApiProperty({ ...COUNT, nullable: true, example: 7 })
  readonly term!: number | null;

  @ApiProperty({ ...COUNT, nullable: true, example: 1284 })
  readonly lastIndex!: number | null;

  @ApiProperty({ ...COUNT, nullable: true, example: 1284 })
  readonly commitIndex!: number | null;

  @ApiProperty({ ...COUNT, nullable: true, example: 1284 })
  readonly appliedIndex!: number | null;

  @ApiProperty({
    ...COUNT,
    nullable: true,
    example: 0,
    description: 'Log entries behind the leader, if it knows that.',
  })
  readonly lag!: number | null;

  @ApiProperty({ ...COUNT, nullable: true, example: null, description: 'Milliseconds since it heard its leader.' })
  readonly lastHeartbeatMs!: number | null;

  @ApiProperty({
    type: 'number',
    format: 'double',
    minimum: 0,
    maximum: 600_000,
    nullable: true,
    example: null,
    description:
      'Of a catalog: milliseconds for which it may answer lookups by itself, unless it renews its lease. Null without one.',
  })
  readonly readLeaseMs!: number | null;
}

export class ClusterView {
  @ApiProperty({ type: LeaderView, nullable: true, description: 'The order leader.' })
  readonly leader!: LeaderView | null;

  @ApiProperty({ type: [ProcessView] })
  readonly processes!: readonly ProcessView[];
}

export class ClusterAnswer {
  @ApiProperty()
  readonly data!: ClusterView;
}

export function leaderView(leader: LeaderReport | null): LeaderView | null {
  return leader && { leader: leader.address, id: leader.id, term: leader.status.term };
}

/** @param ownAddress that of the gateway */
export function clusterView(report: ClusterReport, ownAddress: string): ClusterView {
  const members = [...learnersOf(report), ...votersOf(report)].map((member) => memberView(member, report.leader));
  return { leader: leaderView(report.leader), processes: [gatewayView(ownAddress), ...members] };
}

function gatewayView(address: string): ProcessView {
  return {
    process: 'frontend',
    address,
    up: true,
    ready: true,
    problem: null,
    role: 'gateway',
    groupId: null,
    term: null,
    lastIndex: null,
    commitIndex: null,
    appliedIndex: null,
    lag: null,
    lastHeartbeatMs: null,
    readLeaseMs: null,
  };
}

export function memberView(report: MemberReport, leader: LeaderReport | null): ProcessView {
  const { process, address, status, problem } = report;
  return {
    process,
    address,
    up: status !== null,
    ready: status?.ready ?? false,
    problem,
    role: status?.role ?? 'unknown',
    groupId: status?.groupId ?? null,
    term: status?.term ?? null,
    lastIndex: status?.lastIndex ?? null,
    commitIndex: status?.commitIndex ?? null,
    appliedIndex: status?.appliedIndex ?? null,
    lag: lagOf(report, leader),
    lastHeartbeatMs: status?.lastHeartbeatMs ?? null,
    readLeaseMs: status?.readLeaseMs ?? null,
  };
}

/** The lag as the leader measures it, so it is known also for a member that does not answer this gateway. */
function lagOf({ id }: MemberReport, leader: LeaderReport | null): number | null {
  if (leader?.id === id) return 0;
  return othersOf(leader).find((other) => other.id === id)?.lag ?? null;
}
