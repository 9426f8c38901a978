import { fileURLToPath } from 'node:url';
import type { AppName } from './topology.js';

/** From dist/apps/cli/apps/cli/src/demo/ to dist/apps/. */
const BUILT_APPS = new URL('../../../../../', import.meta.url);

/** The built main file of another app, in the Nest CLI's layout. Apps are started as processes, never imported. */
export function appMain(app: AppName): string {
  return fileURLToPath(new URL(`${app}/apps/${app}/src/main.js`, BUILT_APPS));
}
