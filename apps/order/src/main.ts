import { loadConfig, runApp } from '#service-kit';
import { OrderConfig } from './order.config.js';
import { startOrder } from './order.module.js';

await runApp('order', () => startOrder(loadConfig(OrderConfig)));
