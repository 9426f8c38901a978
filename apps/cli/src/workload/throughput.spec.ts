import { describe, expect, it } from 'vitest';
import { ThroughputRecorder } from './throughput.js';

describe('the throughput over time', () => {
  it('has a count for each interval, also for those in which nothing was done', () => {
    const recorder = new ThroughputRecorder(1000);
    for (const at of [1000, 1099, 1100, 1350]) recorder.request(at);
    recorder.trade(1350);
    expect(recorder.first(500)).toEqual({ intervalMs: 100, requests: [2, 1, 0, 1, 0], trades: [0, 0, 0, 1, 0] });
  });

  it('leaves out the interval that the end cuts off, and what came after the end', () => {
    const recorder = new ThroughputRecorder(0);
    for (const at of [10, 110, 210, 900]) recorder.request(at);
    expect(recorder.first(299).requests).toEqual([1, 1]);
    expect(new ThroughputRecorder(0).first(99).requests).toEqual([]);
  });

  it('widens its intervals in a long run, and loses no answer', () => {
    const recorder = new ThroughputRecorder(0);
    const seconds = 24 * 60 * 60;
    for (let second = 0; second < seconds; second += 1) recorder.request(second * 1000);
    const { intervalMs, requests } = recorder.first(seconds * 1000);
    expect(requests.length).toBeLessThanOrEqual(240);
    expect(requests.length * intervalMs).toBeGreaterThan(seconds * 1000 - intervalMs);
    const perSecond = requests.map((count) => Math.round((count * 1000) / intervalMs));
    expect(new Set(perSecond)).toEqual(new Set([1]));
  });

  it('stays bounded when a long run ends in silence', () => {
    const recorder = new ThroughputRecorder(0);
    recorder.request(10);
    const { requests } = recorder.first(86_400_000);
    expect(requests.length).toBeLessThanOrEqual(240);
    expect(requests.reduce((sum, count) => sum + count, 0)).toBe(1);
  });
});
