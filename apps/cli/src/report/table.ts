import CliTable from 'cli-table3';

export type Cell = string | number | null;

/** A plain table; numbers stand right, what is not known is a dash. */
export function renderTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const numeric = head.map((_, column) => rows.some((row) => typeof row[column] === 'number'));
  const table = new CliTable({
    head: [...head],
    colAligns: numeric.map((isNumeric) => (isNumeric ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => row.map((cell) => (cell === null ? '-' : String(cell)))));
  return table.toString();
}
