import type { ClassConstructor } from 'class-transformer';
import { expect, it } from 'vitest';
import { CatalogConfig } from '../apps/catalog/src/catalog.config.js';
import { CliConfig } from '../apps/cli/src/cli.config.js';
import { FrontendConfig } from '../apps/frontend/src/frontend.config.js';
import { OrderConfig } from '../apps/order/src/order.config.js';
import { propertiesOf, variableOf } from '../libs/service-kit/src/config/load-config.js';
import { SETTINGS } from '../libs/service-kit/src/config/settings.js';

/** Apps don't know each other, but each must distinguish a setting of another app from a mistake: see `SETTINGS`. */
it('every app knows the names of all settings that any app declares, and no others', () => {
  const apps: readonly ClassConstructor<object>[] = [FrontendConfig, CatalogConfig, OrderConfig, CliConfig];
  const declared = new Set(apps.flatMap(propertiesOf).map(variableOf));
  expect([...SETTINGS].sort()).toEqual([...declared].sort());
});
