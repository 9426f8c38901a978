import { loadConfig, runApp } from '#service-kit';
import { CatalogConfig } from './catalog.config.js';
import { startCatalog } from './catalog.module.js';

await runApp('catalog', () => startCatalog(loadConfig(CatalogConfig)));
