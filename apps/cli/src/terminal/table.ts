import CliTable from 'cli-table3';
import { terminalWidth } from './terminal.js';

export type Cell = string | number | null;

/** Figures without a form: the terminal shows them, and other reports do. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Columns stand two spaces apart and nothing else: it fits a narrow terminal, and other programs can cut it. */
const NO_BORDERS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .map((part) => [part, '']),
);

/**
 * A plain table; numbers stand right, what is not known is a dash. Where it is wider than the terminal, columns are left
 * out in the order in which `dispensable` names them.
 */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  dispensable: readonly string[] = [],
  width = terminalWidth(),
): string {
  const table = renderAll(head, rows);
  const [next, ...rest] = dispensable;
  if (next === undefined || Math.max(...table.split('\n').map((line) => line.length)) <= width) return table;
  const isKept = (_: unknown, column: number): boolean => head[column] !== next;
  return renderTable(
    head.filter(isKept),
    rows.map((row) => row.filter(isKept)),
    rest,
    width,
  );
}

function renderAll(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const numeric = head.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  const table = new CliTable({
    head: [...head],
    chars: { ...NO_BORDERS, middle: '  ' },
    colAligns: numeric.map((isNumeric) => (isNumeric ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => row.map((cell) => (cell === null ? '-' : String(cell)))));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
