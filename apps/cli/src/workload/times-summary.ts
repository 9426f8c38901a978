import { type HttpAnswer, percentile } from '#harness';

/** Describes how long answers took: `3 answers: mean 1.2 ms, p50 1.1 ms, p99 1.5 ms`. */
export function timesSummary(answers: readonly Pick<HttpAnswer, 'elapsedMs'>[]): string {
  const times = answers.map((answer) => answer.elapsedMs);
  const at = (share: number): string => percentile(times, share).toFixed(1);
  const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length;
  return `${answers.length} answers: mean ${mean.toFixed(1)} ms, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}
