import type { SystemVerification } from './system/verify-system.js';
import { renderTable, type Table } from '../terminal/table.js';
import { fold, paint, print, terminalWidth } from '../terminal/terminal.js';

/** An exchange may have thousands of stocks; a table of them all would tell nobody anything. */
const STOCKS_SHOWN = 20;

export function printVerification(report: SystemVerification): void {
  const { stocks, passed } = report;
  const { head, rows } = memberTable(report);
  print(renderTable(head, rows));
  if (stocks.length > 0 && stocks.length <= STOCKS_SHOWN) {
    print(
      renderTable(
        ['stock', 'initial', 'bought', 'sold', 'quantity', 'volume', 'after order'],
        stocks.map((s) => [s.name, s.initialQuantity, s.bought, s.sold, s.quantity, s.volume, s.lastNumber]),
        ['after order', 'initial', 'volume'],
      ),
    );
  }
  const verdict = passed ? paint('green', 'PASS') : paint('red', 'FAIL');
  print(fold(`${verdict}  ${verdictOf(report)}`, terminalWidth(), 6));
}

export function memberTable({ members, passed }: SystemVerification): Table {
  // After a difference nothing more is said of a member than how far the comparison came.
  const same = passed ? 'same as the others' : '';
  return {
    head: ['member', 'orders compared', 'result'],
    rows: members.map(({ name, comparedUpTo, problem }) => [name, comparedUpTo, problem ?? same]),
  };
}

/** What is the same everywhere, or the first difference, in one line. */
export function verdictOf({ members, orders, stocks, difference, elapsedMs }: SystemVerification): string {
  if (difference !== null) return difference;
  const same = members.filter(({ problem }) => problem === null).map(({ name }) => name);
  const left = members.length - same.length;
  return [
    `${orders} orders are the same on ${same.join(', ')}`,
    ...(left > 0 ? [`${left} of ${members.length} members NOT compared to the end`] : []),
    orders > 0 ? `numbers 1 to ${orders} without gaps, no key twice` : 'no trades yet',
    `shares of ${stocks.length} stocks conserved`,
    `${elapsedMs} ms`,
  ].join('; ');
}
