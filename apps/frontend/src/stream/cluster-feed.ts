import { Injectable } from '@nestjs/common';
import { clusterView } from '../cluster/cluster.dto.js';
import { ClusterService } from '../cluster/cluster.service.js';
import { Feed } from './feed.js';
import { Incidents } from './incidents.js';
import { eventText } from './server-sent-events.js';

/** Every member is asked four times a second while somebody looks. */
const PAUSE_MS = 250;
/** Events kept for streams that are slower than that; older ones are lost to them. */
const RECENT = 256;

/** The state of every process of the system, and what happens to it. */
@Injectable()
export class ClusterFeed extends Feed {
  private incidents = new Incidents();
  private recent: string[] = [];
  /** Number of events so far. */
  private count = 0;

  constructor(private readonly cluster: ClusterService) {
    super(PAUSE_MS);
  }

  /** Where a stream begins: what comes next is the state of the system. */
  get start(): number {
    return this.count;
  }

  /** Returns the events after the first `count`, and how many there are now; undefined when there is none. */
  eventsAfter(count: number): { readonly events: string; readonly count: number } | undefined {
    if (count >= this.count) return undefined;
    return { events: this.recent.slice(count - this.count).join(''), count: this.count };
  }

  protected override async turn(): Promise<boolean> {
    const report = await this.cluster.report();
    const at = new Date().toISOString();
    for (const incident of this.incidents.since(report))
      this.add(eventText({ name: 'cluster', data: { at, ...incident } }));
    this.add(eventText({ name: 'members', data: clusterView(report, this.cluster.ownAddress) }));
    this.recent.splice(0, this.recent.length - RECENT);
    return true;
  }

  protected override reset(): void {
    this.incidents = new Incidents();
    this.recent = [];
  }

  private add(event: string): void {
    this.recent.push(event);
    this.count += 1;
  }
}
