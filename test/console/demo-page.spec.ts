import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DemoUnderTest } from '../system/support/demo.js';
import { findChromium, PageUnderTest, startBrowser, type PageOptions } from './browser.js';

const path = findChromium();
const directory = mkdtempSync(join(tmpdir(), 'demo-page-'));
/** The longest scenario waits for 10 000 trades. */
const SCENARIO_LIMIT_MS = 170_000;

let demo: DemoUnderTest;
let browser: Browser;

async function open(options?: PageOptions): Promise<PageUnderTest> {
  const opened = await PageUnderTest.open(browser, demo.pageUrl, options);
  await opened.page.getByRole('button', { name: 'Kill order-1' }).waitFor();
  await opened.page.getByText('live', { exact: true }).waitFor();
  return opened;
}

/** Starts one of the scenarios. */
async function play({ page }: PageUnderTest, index: number): Promise<Locator> {
  const scenario = page.locator('.scenario').nth(index);
  await scenario.getByRole('button').click();
  return scenario;
}

describe.skipIf(path === undefined)("the demo's page (needs chromium: apt-get install chromium)", () => {
  beforeAll(async () => {
    demo = await DemoUnderTest.start(directory, 3);
    browser = await startBrowser(path ?? '');
  });

  afterAll(async () => {
    await browser.close();
    await demo.end('SIGTERM');
    rmSync(directory, { recursive: true, force: true });
  });

  it('kills, starts, pauses and resumes the process whose buttons are pressed', async () => {
    const opened = await open();
    const { page } = opened;
    const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
    const stateOf = async (name: string): Promise<string | undefined> =>
      (await demo.processes()).find((process) => process.name === name)?.state;
    await press('Kill order-2');
    await page.getByRole('button', { name: 'Start order-2' }).waitFor();
    expect(await stateOf('order-2')).toBe('dead');
    await press('Start order-2');
    await page.getByRole('button', { name: 'Kill order-2' }).waitFor();
    expect(await stateOf('order-2')).toBe('running');
    await press('Pause catalog-1');
    await page.getByRole('button', { name: 'Resume catalog-1' }).waitFor();
    expect(await stateOf('catalog-1')).toBe('paused');
    await press('Resume catalog-1');
    await page.getByRole('button', { name: 'Pause catalog-1' }).waitFor();
    expect(await stateOf('catalog-1')).toBe('running');
    expect(opened.pageErrors()).toEqual([]);
    await opened.close();
  });

  it('switches the load on and off', async () => {
    const opened = await open();
    const { page } = opened;
    const lastTrade = async (): Promise<string> => (await page.locator('.tape li').allTextContents())[0] ?? '';
    await page.getByRole('radio', { name: 'steady' }).check();
    const first = await lastTrade();
    await expect.poll(lastTrade, { timeout: 10_000 }).not.toBe(first);
    await page.getByRole('radio', { name: 'off' }).check();
    // What was under way when it was switched off still arrives.
    await page.waitForTimeout(1000);
    const last = await lastTrade();
    await page.waitForTimeout(1000);
    expect(await lastTrade()).toBe(last);
    expect(opened.allErrors()).toEqual([]);
    await opened.close();
  });

  it('controls nothing with another token, and says so', async () => {
    const opened = await PageUnderTest.open(browser, demo.pageUrl.replace(/#.*/, '#guessed'));
    await opened.page.getByRole('alert').filter({ hasText: 'open the address that the demo has printed' }).waitFor();
    expect(await opened.page.getByRole('button', { name: /^(Kill|Pause|Restart|Start) / }).count()).toBe(0);
    await opened.close();
  });

  it.each([0, 1, 2, 3, 4, 5])('plays scenario %i of the tour, which ends as expected', async (i) => {
    const opened = await open();
    const scenario = await play(opened, i);
    await scenario.locator('.outcome:not(.underWay)').waitFor({ timeout: SCENARIO_LIMIT_MS });
    const steps = (await scenario.getByRole('log').innerText()).split('\n');
    expect(await scenario.locator('.outcome').innerText(), steps.join('\n')).toBe('✓ as expected');
    expect(steps.at(-1)).toMatch(/✓ Verify every trade at every process: \d+ orders are the same on/);
    const [design] = await Promise.all([opened.page.waitForEvent('popup'), scenario.getByRole('link').click()]);
    // The heading exists to which the link leads.
    await design.locator(':target').waitFor({ timeout: 5000 });
    expect(opened.pageErrors()).toEqual([]);
    await opened.close();
  });

  it('leaves the demo as it was when the tour is stopped', async () => {
    const opened = await open();
    const scenario = await play(opened, 2);
    await scenario.getByText('so far').waitFor();
    expect((await demo.processes()).some(({ state }) => state === 'dead')).toBe(true);
    await opened.page.getByRole('button', { name: 'Stop' }).click();
    await scenario.getByText('stopped', { exact: true }).waitFor({ timeout: 60_000 });
    expect((await demo.processes()).every(({ state }) => state === 'running')).toBe(true);
    expect(await opened.page.getByRole('radio', { name: 'off' }).isChecked()).toBe(true);
    await opened.close();
  });

  it('leaves the demo as it was when its page is closed in the middle of the tour', async () => {
    const opened = await open();
    const scenario = await play(opened, 2);
    await scenario.getByText('so far').waitFor();
    await opened.page.close({ runBeforeUnload: false });
    const states = async (): Promise<readonly string[]> => (await demo.processes()).map(({ state }) => state);
    await expect.poll(states, { timeout: 20_000 }).not.toContain('dead');
    const next = await open();
    await expect.poll(() => next.page.getByRole('radio', { name: 'off' }).isChecked(), { timeout: 20_000 }).toBe(true);
    await next.close();
    await opened.close();
  });

  it('is accessible with what the tour has shown, in both themes, and fits a narrow screen', async () => {
    const opened = await open();
    const { page } = opened;
    const scenario = await play(opened, 0);
    await scenario.locator('.outcome.passed').waitFor({ timeout: SCENARIO_LIMIT_MS });
    await page.waitForTimeout(1500);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await opened.takePicture(colorScheme);
      expect(await opened.violations()).toEqual([]);
    }
    expect(await opened.narrowWidth()).toBeLessThanOrEqual(380);
    await opened.takePicture('narrow');
    expect(await opened.violations()).toEqual([]);
    expect(opened.pageErrors()).toEqual([]);
    await opened.close();
  });

  it.each([
    ['order', 'light'],
    ['replication', 'dark'],
  ] as const)('shows how it works: design/%s.html', async (name, colorScheme) => {
    const opened = await PageUnderTest.open(browser, new URL(`design/${name}.html`, demo.pageUrl).href, {
      colorScheme,
    });
    await opened.takePicture(`design-${name}-${colorScheme}`);
    expect(await opened.violations()).toEqual([]);
    expect(await opened.narrowWidth()).toBeLessThanOrEqual(380);
    expect(opened.allErrors()).toEqual([]);
    await opened.close();
  });
});
