import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { play, readGoldenScripts } from './golden-script.js';

// Rewrite with `npx vitest run libs/replication/test/golden.spec.ts -u`, on purpose, and read the difference.
const scripts = readGoldenScripts(fileURLToPath(new URL('scripts', import.meta.url)));

describe('the classic situations', () => {
  it('are at least forty', () => expect(scripts.length).toBeGreaterThanOrEqual(40));

  it.each(scripts)('$name', async (script) => {
    await expect(play(script)).toMatchFileSnapshot(script.file);
  });
});
