import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pause, TestSystem } from './system.js';

let directory: string;
let file: string;
let system: TestSystem;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bazaar-names-'));
  file = join(directory, 'names.json');
});

afterEach(async () => {
  await system.stopAll();
  rmSync(directory, { recursive: true, force: true });
});

async function restartGateway(): Promise<void> {
  await system.stop('frontend');
  await system.start('frontend');
}

describe('CACHE_FILE', () => {
  it('keeps names over a restart, and the values come from the catalog', async () => {
    system = await TestSystem.start({ CACHE_FILE: file }, { orders: 1 });
    await system.http.get('/stocks/Nike').expect('X-Cache', 'MISS');
    await system.stop('frontend');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(['Nike']);
    await system.start('frontend');
    while ((await system.http.get('/stocks/Nike')).headers['x-cache'] !== 'HIT') await pause(10);
    await system.http.get('/stocks/Ford').expect('X-Cache', 'MISS');
  });

  it.each(['{"Nike":1}', 'not JSON', '[1,"no such stock","../etc"]', ''])(
    'that contains %j does no harm',
    async (content) => {
      writeFileSync(file, content);
      system = await TestSystem.start({ CACHE_FILE: file }, { orders: 1 });
      await restartGateway();
      await system.http.get('/stocks/Nike').expect(200);
    },
  );

  it('that cannot be written does no harm', async () => {
    system = await TestSystem.start({ CACHE_FILE: join(directory, 'missing', 'names.json') }, { orders: 1 });
    await system.http.get('/stocks/Nike').expect(200);
    await restartGateway();
    await system.http.get('/stocks/Nike').expect(200);
  });
});
