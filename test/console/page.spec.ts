import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OrderCluster } from '../cluster/support/order-cluster.js';
import { place } from '../system/support/traffic.js';
import { findChromium, PageUnderTest, startBrowser, type PageOptions } from './browser.js';

const path = findChromium();

let cluster: OrderCluster;
let browser: Browser;

async function open(options?: PageOptions): Promise<PageUnderTest> {
  const opened = await PageUnderTest.open(browser, cluster.url, options);
  await opened.page.getByText('live', { exact: true }).waitFor();
  await opened.page.getByRole('rowheader', { name: 'Ford' }).waitFor();
  return opened;
}

async function buy(quantity = 1): Promise<void> {
  await place(cluster.url, { key: `page-${Math.random()}`, name: 'Ford', type: 'buy', quantity });
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
    const opened = await open();
    const { page } = opened;
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
    expect(opened.allErrors()).toEqual([]);
    await opened.close();
  });

  it('offers nothing that controls a process', async () => {
    const opened = await open();
    await opened.page.goto(`${cluster.url}/#guessed`);
    await opened.page.reload();
    await opened.page.getByText('live', { exact: true }).waitFor();
    expect(await opened.page.getByRole('button', { name: /^(Kill|Pause|Restart|Start) / }).count()).toBe(0);
    await opened.close();
  });

  it('trades, and shows that a repeat with the same key gets the same answer', async () => {
    const opened = await open();
    const { page } = opened;
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
    expect(opened.allErrors()).toEqual([]);
    await opened.close();
  });

  it.each(['light', 'dark'] as const)('is accessible, and fits a narrow screen: %s', async (colorScheme) => {
    const opened = await open({ colorScheme });
    await buy();
    await opened.page.waitForTimeout(1500);
    expect(await opened.violations()).toEqual([]);
    expect(await opened.narrowWidth()).toBeLessThanOrEqual(380);
    expect(await opened.violations()).toEqual([]);
    expect(opened.allErrors()).toEqual([]);
    await opened.close();
  });

  it('shows messages as movement, unless its user wants none', async () => {
    const moving = await open({ motion: true });
    const still = await open();
    await moving.page.evaluate(`new MutationObserver((all) => {
      for (const { addedNodes } of all) for (const { className } of addedNodes) if (className === 'message') window.messages = (window.messages ?? 0) + 1;
    }).observe(document.querySelector('.processes'), { childList: true })`);
    await expect
      .poll(
        async () => {
          await buy();
          expect(await still.page.locator('.message').count()).toBe(0);
          return moving.page.evaluate<number>('window.messages ?? 0');
        },
        { timeout: 10_000 },
      )
      .toBeGreaterThan(1);
    await moving.close();
    await still.close();
  });

  it('shows a death, an election and the return', async () => {
    const opened = await open();
    const { page } = opened;
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
    expect(opened.pageErrors()).toEqual([]);
    await opened.close();
  });

  it('reports that its gateway is down, and resumes when it is back', async () => {
    const opened = await open();
    const { page } = opened;
    await cluster.kill('frontend-1');
    await page.getByRole('status').filter({ hasText: 'has lost its gateway' }).waitFor();
    await cluster.startProcess('frontend-1');
    await page.getByText('live', { exact: true }).waitFor();
    await buy(3);
    await page.locator('.tape li').filter({ hasText: 'buy 3 Ford' }).first().waitFor();
    expect(opened.pageErrors()).toEqual([]);
    await opened.close();
  });
});
