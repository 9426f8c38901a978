import { terminalWidth } from '../terminal/terminal.js';
import type { PreparedRun } from '../workload/workload.js';

const INTERVAL_MS = 200;
/** To the start of the line, and erase it. */
const CLEAR_LINE = '\r\u001b[K';

/** One line on stderr, cut to the width of the terminal, that says how far a run is and is gone afterwards; none at all where nobody would see it move. */
export class ProgressLine {
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly startedAt = performance.now();

  constructor(
    private readonly run: PreparedRun,
    private readonly durationMs: number,
    private readonly leader: () => string,
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {
    const isSeen = stream.isTTY && process.stdout.isTTY;
    this.timer = isSeen
      ? setInterval(() => stream.write(CLEAR_LINE + this.text().slice(0, terminalWidth() - 1)), INTERVAL_MS)
      : undefined;
  }

  end(): void {
    if (this.timer === undefined) return;
    clearInterval(this.timer);
    this.stream.write(CLEAR_LINE);
  }

  private text(): string {
    const { tally, ledger } = this.run;
    const seconds = (performance.now() - this.startedAt) / 1000;
    const answers = tally.latencyRows().reduce((sum, { count }) => sum + count, 0);
    const share = Math.min(1, (seconds * 1000) / this.durationMs);
    return [
      `[${'#'.repeat(Math.round(share * 20)).padEnd(20, '.')}]`,
      `${seconds.toFixed(1)} of ${this.durationMs / 1000} s`,
      `${Math.round(answers / seconds)} requests/s`,
      `${ledger.kept.length} trades`,
      `${tally.errors.total} failed`,
      this.leader(),
    ].join('  ');
  }
}
