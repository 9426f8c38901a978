import { loadConfig, runApp } from '#contracts';
import { OrderConfig } from './order.config.js';
import { startOrder } from './order.module.js';

await runApp('order', () => startOrder(loadConfig(OrderConfig)));
