import 'reflect-metadata';
import cluster from 'node:cluster';
import { exitWith, loadConfig, runApp } from '#service-kit';
import { FrontendConfig } from './frontend.config.js';
import { Workers } from './server/workers.js';
import { PROCESS_NAME, startFrontend } from './start-frontend.js';

try {
  const config = loadConfig(FrontendConfig);
  if (config.frontendWorkers > 1 && cluster.isPrimary) new Workers(config).run();
  else await runApp(PROCESS_NAME, () => startFrontend(config));
} catch (error) {
  exitWith(PROCESS_NAME, error);
}
