import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crashPoint, crashPointOnceSent, type CrashPoint } from '@stock-bazaar/contracts';
import { ROOT } from '../system/support/bazaar.js';

export interface PointInCode {
  readonly point: CrashPoint;
  readonly file: string;
}

const NAMES = [crashPoint, crashPointOnceSent].map(({ name }) => name).join('|');
const CALL = new RegExp(String.raw`\b(?:${NAMES})\((?:\s*'([^']+)')?`, 'g');

/** Every call in the sources of the apps. A call that does not say its point in place has an empty one. */
export function pointsInCode(): readonly PointInCode[] {
  const files = readdirSync(join(ROOT, 'apps'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => /^\w+\/src\/.*\.ts$/.test(file) && !file.endsWith('.spec.ts'))
    .sort()
    .flatMap((file) =>
      [...readFileSync(join(ROOT, 'apps', file), 'utf8').matchAll(CALL)].map(([, point = '']) => ({
        point: point as CrashPoint,
        file,
      })),
    );
}
