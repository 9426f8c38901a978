import type { SystemVerification } from '../verify/system/verify-system.js';
import { renderTable } from './table.js';
import { paint, print } from './terminal.js';

/** An exchange may have thousands of stocks; a table of them all would tell nobody anything. */
const STOCKS_SHOWN = 20;
const SAME = 'same as the others';

export function printVerification(report: SystemVerification): void {
  const { replicas, catalogMembers, stocks, orders } = report;
  const rows = replicas.map(({ name, comparedUpTo, problem }) => [name, comparedUpTo, problem ?? SAME]);
  print(renderTable(['replica', 'orders compared', 'result'], report.passed ? rows : rows.map(withoutVerdict)));
  if (catalogMembers.length > 0) {
    const members = catalogMembers.map(({ name, stocksCompared, problem }) => [name, stocksCompared, problem ?? SAME]);
    print(renderTable(['catalog member', 'stocks compared', 'result'], members));
  }
  if (stocks.length > 0 && stocks.length <= STOCKS_SHOWN) {
    print(
      renderTable(
        ['stock', 'initial', 'bought', 'sold', 'quantity', 'volume', 'after order'],
        stocks.map((s) => [s.name, s.initialQuantity, s.bought, s.sold, s.quantity, s.volume, s.lastNumber]),
        ['after order', 'initial', 'volume'],
      ),
    );
  }
  if (report.difference !== null) print(`${paint('red', 'FAIL')}  ${report.difference}`);
  else print(`${paint('green', 'PASS')}  ${factsOf(report, orders)}`);
}

function factsOf({ replicas, catalogMembers, stocks, elapsedMs }: SystemVerification, orders: number): string {
  const members = catalogMembers.filter(({ problem }) => problem === null);
  const membersLeft = catalogMembers.length - members.length;
  const same = replicas.filter(({ problem }) => problem === null).map(({ name }) => name);
  const left = replicas.length - same.length;
  const unknown = stocks.filter(({ initialQuantity }) => initialQuantity === null).length;
  return [
    `${orders} orders are the same on ${same.join(', ')}`,
    ...(left > 0 ? [`${left} of ${replicas.length} replicas NOT compared to the end`] : []),
    orders > 0 ? `numbers 1 to ${orders} without gaps, no key twice` : 'no trades yet',
    ...(members.length > 0 ? [`stocks are the same on ${members.map(({ name }) => name).join(', ')}`] : []),
    ...(membersLeft > 0 ? [`${membersLeft} of ${catalogMembers.length} catalog members NOT compared to the end`] : []),
    `shares of ${stocks.length - unknown} stocks conserved`,
    ...(unknown > 0 ? [`initial quantity of ${unknown} stocks not known`] : []),
    `${elapsedMs} ms`,
  ].join('; ');
}

/** After a difference nothing more is said of a replica than how far the comparison came. */
function withoutVerdict([name, comparedUpTo, result]: (string | number)[]): (string | number)[] {
  return [name ?? '', comparedUpTo ?? 0, result === SAME ? '' : (result ?? '')];
}
