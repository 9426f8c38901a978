import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { play, readGoldenScripts } from './golden-script.js';

// Rewrite on purpose with `npx vitest run libs/replication/test/golden.spec.ts -u`, and read the diff.
const scripts = readGoldenScripts(fileURLToPath(new URL('scripts', import.meta.url)));

describe('the classic situations', () => {
  it('number at least forty', () => expect(scripts.length).toBeGreaterThanOrEqual(40));

  it.each(scripts)('$name', async (script) => {
    await expect(play(script)).toMatchFileSnapshot(script.file);
  });
});
