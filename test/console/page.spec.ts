import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OrderCluster } from '../cluster/support/order-cluster.js';
import { place } from '../system/support/traffic.js';
import { findChromium, startBrowser } from './browser.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Directory for screenshots; none are taken if it is unset. */
const PICTURES = process.env['PICTURES'];
const path = findChromium();

let cluster: OrderCluster;
let browser: Browser;
/** Errors that the pages have written to the console. */
const errors: string[] = [];

async function open(options: { readonly colorScheme?: 'light' | 'dark'; readonly width?: number } = {}): Promise<Page> {
  const { colorScheme = 'light', width = 1280 } = options;
  // While a colour fades, the measured contrast is not the final one.
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(cluster.url);
  await page.getByText('live', { exact: true }).waitFor();
  await page.getByRole('rowheader', { name: 'Ford' }).waitFor();
  return page;
}

async function buy(quantity = 1): Promise<void> {
  await place(cluster.url, { key: `page-${Math.random()}`, name: 'Ford', type: 'buy', quantity });
}

async function violationsOn(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join('; ')}`);
}

describe.skipIf(path === undefined)('the live page (needs chromium: apt-get install chromium)', () => {
  beforeAll(async () => {
    cluster = await OrderCluster.start({ frontends: 1, catalogs: 2 });
    browser = await startBrowser(path ?? '');
  });

  afterAll(async () => {
    await browser.close();
    await cluster.close();
  });

  it('shows every process, every stock, and a trade as it happens', async () => {
    const page = await open();
    for (const name of ['order-1', 'order-2', 'order-3', 'catalog-1', 'catalog-2', 'frontend'])
      await page.getByRole('heading', { name: new RegExp(`^${name} `) }).waitFor();
    expect(await page.locator('.market').getByRole('row').count()).toBe(11);
    await buy(7);
    const tape = page.locator('.tape li').first();
    await tape.filter({ hasText: 'buy 7 Ford' }).waitFor({ timeout: 5000 });
    await page
      .locator('.market')
      .getByRole('row', { name: 'Ford' })
      .filter({ hasText: '993' })
      .waitFor({ timeout: 5000 });
    expect(errors.splice(0)).toEqual([]);
    await page.context().close();
  });

  it('trades, and shows that a repeat with the same key gets the same answer', async () => {
    const page = await open();
    await page.locator('.trade').getByLabel('Stock').selectOption('Nike');
    await page.getByLabel('sell').check();
    await page.getByLabel('Shares').fill('5');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    const answers = page.getByRole('log', { name: 'Answers' }).getByRole('listitem');
    await answers.first().waitFor();
    const [first = ''] = await answers.allTextContents();
    await page.getByRole('button', { name: 'Send it again' }).click();
    await answers.nth(1).waitFor();
    expect(await answers.allTextContents()).toEqual([
      `${first}, the same answer again: nothing was traded twice`,
      first,
    ]);
    await page.locator('.market').getByRole('row', { name: 'Nike' }).filter({ hasText: '1005' }).waitFor();
    expect(errors.splice(0)).toEqual([]);
    await page.context().close();
  });

  it.each(['light', 'dark'] as const)('is accessible, and fits a narrow screen: %s', async (colorScheme) => {
    const page = await open({ colorScheme });
    await buy();
    await page.waitForTimeout(1500);
    expect(await violationsOn(page)).toEqual([]);
    if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/${colorScheme}.png`, fullPage: true });
    await page.setViewportSize({ width: 380, height: 800 });
    const widthOf = (): Promise<number> => page.evaluate<number>('document.documentElement.scrollWidth');
    await expect.poll(widthOf, { timeout: 5000 }).toBeLessThanOrEqual(380);
    expect(await violationsOn(page)).toEqual([]);
    if (PICTURES !== undefined)
      await page.screenshot({ path: `${PICTURES}/${colorScheme}-narrow.png`, fullPage: true });
    expect(errors.splice(0)).toEqual([]);
    await page.context().close();
  });

  it('shows a death, an election and the return', async () => {
    const page = await open();
    const leader = `order-${await cluster.waitForLeader()}`;
    await cluster.kill(leader);
    const events = page.getByRole('log', { name: 'Events' });
    await events.getByText(`${leader} does not answer`).first().waitFor();
    await events
      .getByText(/order-\d leads in term/)
      .first()
      .waitFor();
    await page.locator('.process.down').filter({ hasText: leader }).waitFor();
    await cluster.startProcess(leader);
    await events.getByText(`${leader} answers again`).first().waitFor();
    expect(errors.splice(0)).toEqual([]);
    await page.context().close();
  });

  it('reports that its gateway is down, and resumes when it is back', async () => {
    const page = await open();
    await cluster.kill('frontend-1');
    await page.getByRole('status').filter({ hasText: 'has lost its gateway' }).waitFor();
    await cluster.startProcess('frontend-1');
    await page.getByText('live', { exact: true }).waitFor();
    await buy(3);
    await page.locator('.tape li').filter({ hasText: 'buy 3 Ford' }).first().waitFor();
    // The browser's own messages about refused connections are not errors of the page.
    expect(errors.splice(0).filter((text) => !/ERR_(CONNECTION|INCOMPLETE|EMPTY)/.test(text))).toEqual([]);
    await page.context().close();
  });
});
