const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** HTML or SVG in which every text is escaped already. */
export class Markup {
  constructor(readonly text: string) {}
}

/** Nothing is written for null, undefined and false. */
export type Part = Markup | string | number | null | undefined | false | readonly Part[];

/** A template of HTML or SVG. Every value is escaped, unless it is markup itself. */
export function markup(literals: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(literals.map((literal, i) => literal + written(parts[i])).join(''));
}

function written(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(written).join('');
  return String(part).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
