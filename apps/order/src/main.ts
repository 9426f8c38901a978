import { loadConfig, runApp } from '@stock-bazaar/contracts';
import { OrderConfig } from './order.config.js';
import { startOrder } from './order.module.js';

await runApp('order', () => startOrder(loadConfig(OrderConfig)));
