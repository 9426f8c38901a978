import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type AppName = 'order' | 'catalog' | 'frontend';

/** The project's directory. Searched for upwards, because a compiled script lies deeper than its source. */
export const ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

/** What `npm run build` has made of the apps of this project. */
export const BUILT_APPS = join(ROOT, 'dist', 'apps');

/**
 * Returns the main file of an app. Apps are started as processes, never imported.
 * @param apps directory of built apps, perhaps of another tree, which may not be bundled
 */
export function mainOf(app: AppName, apps = BUILT_APPS): string {
  const bundle = join(apps, app, 'main.js');
  return existsSync(bundle) ? bundle : join(apps, app, 'src', 'main.js');
}

function findRoot(directory: string): string {
  return existsSync(join(directory, 'nest-cli.json')) ? directory : findRoot(dirname(directory));
}
