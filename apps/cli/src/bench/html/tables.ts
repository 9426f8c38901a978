import type { Cell, Table } from '../../terminal/table.js';
import { markup, type Markup, type Part } from './markup.js';

/** Where the first cell of a row leads, for each row. */
export interface Link {
  readonly href: string;
  /** What is there, in words. */
  readonly to: string;
}

/** @param label names the table for those who can't see it; unique on the page */
export function tableOf(label: string, { head, rows }: Table, links: readonly Link[] = []): Markup {
  const isNumeric = head.map((_, column) => rows.some((row) => looksLikeNumber(row[column])));
  const cell = (value: Cell, column: number, row: number): Markup => {
    const text = value === null ? '–' : String(value);
    const link = column === 0 ? links[row] : undefined;
    const shown: Part =
      link === undefined ? text : markup`<a href="${link.href}" aria-label="${text}: ${link.to}">${text}</a>`;
    const kind = isNumeric[column] === true ? markup` class="number"` : '';
    return column === 0 ? markup`<th scope="row"${kind}>${shown}</th>` : markup`<td${kind}>${shown}</td>`;
  };
  return markup`<div class="scroll" role="group" tabindex="0" aria-label="${label}"><table>
<thead><tr>${head.map((name, column) => markup`<th scope="col"${isNumeric[column] === true && markup` class="number"`}>${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row, i) => markup`<tr>${row.map((value, column) => cell(value, column, i))}</tr>
`,
  )}</tbody></table></div>
`;
}

/** A table that is folded away until somebody wants it. */
export function tableDetails(summary: string, label: string, table: Table): Markup {
  return markup`<details><summary>${summary}</summary>${tableOf(label, table)}</details>`;
}

function looksLikeNumber(value: Cell | undefined): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value));
}
