import { defineConfig } from 'vite';
import { designPages } from './design-pages.ts';

/** Compiles the live page to static files, which the gateway serves. Nothing is loaded from anywhere else. */
export default defineConfig({
  root: import.meta.dirname,
  // Relative, so that it works behind a proxy that serves the gateway under a path prefix.
  base: './',
  plugins: [designPages()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { outDir: '../../dist/apps/console/static', emptyOutDir: true, target: 'es2022' },
});
