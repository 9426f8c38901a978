import { fileURLToPath } from 'node:url';
import type { AppName } from './topology.js';

/** From dist/apps/cli/src/demo/ to dist/apps/. */
const BUILT_APPS = new URL('../../../', import.meta.url);

/** The compiled main file of another app. Apps are started as processes, never imported. */
export function appMain(app: AppName): string {
  return fileURLToPath(new URL(`${app}/src/main.js`, BUILT_APPS));
}
