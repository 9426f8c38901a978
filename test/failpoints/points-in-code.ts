import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failpoint, failpointOnceSent, type Failpoint } from '#service-kit';
import { ROOT } from '#harness';

export interface PointInCode {
  readonly point: Failpoint;
  readonly file: string;
}

const NAMES = [failpoint, failpointOnceSent].map(({ name }) => name).join('|');
const CALL = new RegExp(String.raw`\b(?:${NAMES})\((?:\s*'([^']+)')?`, 'g');

/** Finds every call in the sources of the apps and of the exchange. A call without a literal name has an empty one. */
export function pointsInCode(): readonly PointInCode[] {
  return ['apps', 'libs/exchange']
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
    )
    .filter((file) => /\/src\/.*\.ts$/.test(file) && !file.endsWith('.spec.ts'))
    .sort()
    .flatMap((file) =>
      [...readFileSync(join(ROOT, file), 'utf8').matchAll(CALL)].map(([, point = '']) => ({
        point: point as Failpoint,
        file,
      })),
    );
}
