import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type AppName = 'order' | 'catalog' | 'frontend';

/** The project's directory. Searched for upwards, because a compiled script lies deeper than its source. */
export const ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

/** What `npm run build` has made: each app with its packages in few files, and as the compiler has left it. */
const BUNDLED_APPS = join(ROOT, 'dist', 'bundle');
export const COMPILED_APPS = join(ROOT, 'dist', 'apps');

/**
 * Returns the main file of an app. Apps are started as processes, never imported.
 * @param apps directory of built apps, perhaps of another tree
 */
export function mainOf(app: AppName, apps = BUNDLED_APPS): string {
  const bundled = join(apps, `${app}.js`);
  return existsSync(bundled) ? bundled : join(apps, app, 'src', 'main.js');
}

function findRoot(directory: string): string {
  return existsSync(join(directory, 'nest-cli.json')) ? directory : findRoot(dirname(directory));
}
