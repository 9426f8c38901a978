import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import MarkdownIt from 'markdown-it';
import type { Plugin } from 'vite';

const ROOT = join(import.meta.dirname, '../..');
/** The pages to which the tour links, by their names under `design/`. */
const PAGES: Readonly<Record<string, string>> = {
  'order.html': 'apps/order/DESIGN.md',
  'replication.html': 'libs/replication/DESIGN.md',
};
const STYLES = ['src/theme.css', 'src/design.css'];

/** Makes the DESIGN pages part of the live page, so that its links work offline and show what this very version does. */
export function designPages(): Plugin {
  return {
    name: 'design-pages',
    generateBundle() {
      for (const [name, source] of Object.entries(PAGES))
        this.emitFile({ type: 'asset', fileName: `design/${name}`, source: renderPage(source) });
      const css = STYLES.map((style) => readFileSync(join(import.meta.dirname, style), 'utf8')).join('');
      this.emitFile({ type: 'asset', fileName: 'design/design.css', source: css });
    },
  };
}

/** @param path of a Markdown file, from the root of the repository. */
function renderPage(path: string): string {
  const markdown = readFileSync(join(ROOT, path), 'utf8');
  const title = /^# (.*)$/m.exec(markdown)?.[1] ?? '';
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title} · Stock Bazaar</title>
    <link rel="icon" href="../icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="design.css" />
  </head>
  <body>
    <nav aria-label="Pages"><a href="../">live page</a> <a href="order.html">trades</a> <a href="replication.html">replication</a> <a href="#words">words</a></nav>
    <main>
${renderMarkdown(markdown, dirname(path))}
    </main>
  </body>
</html>
`;
}

function renderMarkdown(markdown: string, folder: string): string {
  const renderer = new MarkdownIt({ linkify: false });
  renderer.core.ruler.push('anchors', ({ tokens }) => {
    const seen = new Map<string, number>();
    tokens.forEach((token, i) => {
      if (token.type === 'heading_open') token.attrSet('id', anchorOf(tokens[i + 1]?.content ?? '', seen));
    });
  });
  renderer.core.ruler.push('links', ({ tokens }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? []))
      if (token.type === 'link_open') token.attrSet('href', hrefOf(String(token.attrGet('href')), folder));
  });
  // A table may be wider than a narrow screen: it scrolls by itself, also by keyboard.
  renderer.renderer.rules['table_open'] = () =>
    '<div class="table" tabindex="0" role="group" aria-label="Table"><table>';
  renderer.renderer.rules['table_close'] = () => '</table></div>';
  return renderer.render(markdown);
}

/** The anchor that GitHub gives to a heading, so that links work in both places. */
function anchorOf(heading: string, seen: Map<string, number>): string {
  const anchor = heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
  const count = seen.get(anchor) ?? 0;
  seen.set(anchor, count + 1);
  return count === 0 ? anchor : `${anchor}-${count}`;
}

/** A link to another page of the repository leads to the page that was made of it. @throws Error if there is none. */
function hrefOf(href: string, folder: string): string {
  if (/^(https?:|#)/.test(href)) return href;
  const [path = '', anchor] = href.split('#');
  const target = join(folder, path);
  const page = Object.entries(PAGES).find(([, source]) => source === target)?.[0];
  if (page === undefined) throw new Error(`${folder}/DESIGN.md links to ${target}, which is not a page of the console`);
  return anchor === undefined ? page : `${page}#${anchor}`;
}
