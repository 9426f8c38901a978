import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
/** Switches that keep the browser's own traffic on this machine. */
const SWITCHES = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Directory for screenshots; none are taken if it is unset. */
const PICTURES = process.env['PICTURES'];

/** Returns the path of an installed Chromium, or undefined if there is none. */
export function findChromium(): string | undefined {
  const paths = NAMES.map((name) => spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim());
  return paths.find((path) => path !== '');
}

export function startBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, headless: true, args: SWITCHES });
}

export interface PageOptions {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  /** By default there are no animations: while a colour fades, the measured contrast is not the final one. */
  readonly motion?: boolean;
}

/** A page in a context of its own, with the errors that it has written to its console. */
export class PageUnderTest {
  private readonly errors: string[] = [];

  private constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && this.errors.push(message.text()));
  }

  static async open(
    browser: Browser,
    url: string,
    { colorScheme = 'light', width = 1280, motion = false }: PageOptions = {},
  ): Promise<PageUnderTest> {
    const context = await browser.newContext({
      colorScheme,
      viewport: { width, height: 900 },
      reducedMotion: motion ? 'no-preference' : 'reduce',
    });
    const opened = new PageUnderTest(await context.newPage());
    await opened.page.goto(url);
    return opened;
  }

  /** Errors so far. The browser reports by itself what the network has refused: that is no error of the page. */
  pageErrors(): readonly string[] {
    return this.errors.filter((text) => !/ERR_(CONNECTION|INCOMPLETE|EMPTY)|status of 50[234]/.test(text));
  }

  /** Every error so far, for a page around which nothing fails. */
  allErrors(): readonly string[] {
    return this.errors;
  }

  /** Violations of the accessibility rules that axe-core checks. */
  async violations(): Promise<readonly string[]> {
    await this.page.evaluate(AXE);
    const { violations } = await this.page.evaluate<AxeResults>('axe.run()');
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join('; ')}`);
  }

  /** Makes the page as narrow as a telephone, and returns how wide it is then. */
  async narrowWidth(): Promise<number> {
    await this.page.setViewportSize({ width: 380, height: 800 });
    // Charts are drawn anew a moment later.
    await this.page.waitForTimeout(1500);
    return this.page.evaluate<number>('document.documentElement.scrollWidth');
  }

  async takePicture(name: string): Promise<void> {
    if (PICTURES !== undefined) await this.page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
