import 'reflect-metadata';
import { loadConfig, runApp } from '@stock-bazaar/contracts';
import { FrontendConfig } from './frontend.config.js';
import { startFrontend } from './start-frontend.js';

await runApp('frontend', () => startFrontend(loadConfig(FrontendConfig)));
