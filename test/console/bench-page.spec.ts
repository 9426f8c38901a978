import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BenchResult } from '../../apps/cli/src/bench/bench-report.js';
import { benchPage } from '../../apps/cli/src/bench/html/page.js';
import { crowded, failed, SETTING, sweep } from '../../apps/cli/test/bench-reports.js';
import { findChromium, PageUnderTest, startBrowser } from './browser.js';

const path = findChromium();
const directory = mkdtempSync(join(tmpdir(), 'bazaar-bench-page-'));

let browser: Browser;

/** The address of the page of a bench, as a file. */
function fileOf(name: string, result: BenchResult): string {
  const file = join(directory, `${name}.html`);
  writeFileSync(file, benchPage(result, SETTING));
  return pathToFileURL(file).href;
}

describe.skipIf(path === undefined)('the page of a bench (needs chromium: apt-get install chromium)', () => {
  beforeAll(async () => {
    browser = await startBrowser(path ?? '');
  });

  afterAll(async () => {
    await browser.close();
    rmSync(directory, { recursive: true });
  });

  it.each([
    ['sweep', sweep(), 28],
    ['failure', failed(), 2],
  ])('opens from a disk, asks for nothing and draws its charts: %s', async (name, result, charts) => {
    const url = fileOf(name, result);
    const opened = await PageUnderTest.open(browser, 'about:blank');
    const { page } = opened;
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(url);
    await page.waitForLoadState('networkidle');
    expect(requests).toEqual([url]);
    expect(await page.getByRole('img').count()).toBe(charts);
    for (const mark of await page.locator('path.line, circle.point, rect.bar, rect.outage').all())
      expect(await mark.boundingBox()).not.toBeNull();
    expect(opened.allErrors()).toEqual([]);
    await opened.close();
  });

  it.each([
    ['light', 'sweep', sweep([0, 1])],
    ['dark', 'sweep', sweep([0, 1])],
    ['light', 'failure', failed()],
    ['dark', 'failure', failed()],
  ] as const)('is accessible, and fits a narrow screen: %s, %s', async (colorScheme, name, result) => {
    const opened = await PageUnderTest.open(browser, fileOf(name, result), { colorScheme });
    // What is folded away has to be accessible too.
    for (const summary of await opened.page.locator('summary').all()) await summary.click();
    expect(await opened.violations()).toEqual([]);
    await opened.takePicture(`bench-${name}-${colorScheme}`);
    expect(await opened.narrowWidth()).toBeLessThanOrEqual(380);
    expect(await opened.violations()).toEqual([]);
    await opened.takePicture(`bench-${name}-${colorScheme}-narrow`);
    await opened.close();
  });

  it.each([
    ['sweep', sweep(), 28],
    ['crowded', crowded(), 2],
  ])(
    'keeps its letters as large on a narrow screen, and the labels of an axis apart: %s',
    async (name, result, charts) => {
      const opened = await PageUnderTest.open(browser, fileOf(name, result), { width: 380 });
      const boxes: readonly (readonly Box[])[] = await opened.page.evaluate(LABELS_OF_AXES);
      expect(boxes.length).toBe(charts);
      for (const labels of boxes) {
        expect(labels.length).toBeGreaterThan(1);
        labels.forEach(({ left, height }, i) => {
          expect(height).toBeGreaterThanOrEqual(12);
          expect(left).toBeGreaterThan(labels[i - 1]?.right ?? 0);
        });
      }
      await opened.close();
    },
  );
});

interface Box {
  readonly left: number;
  readonly right: number;
  readonly height: number;
}

/** Where the labels below each chart are; those that are hidden have no height. */
const LABELS_OF_AXES = `[...document.querySelectorAll('svg[role=img]')].map((chart) =>
  [...chart.querySelectorAll('text[text-anchor=middle]')]
    .map((label) => label.getBoundingClientRect())
    .filter(({ height }) => height > 0)
    .map(({ left, right, height }) => ({ left, right, height })))`;
