import { NoLeader } from '#replication';
import { expect, it } from 'vitest';
import { OrdersService } from '../src/orders/orders.service.js';
import { startGateway } from './gateway.js';

/** Loses the leader after the first page. */
class BrokenOrders {
  pages(): AsyncIterable<readonly object[]> {
    return pages();
  }
}

async function* pages(): AsyncGenerator<readonly object[]> {
  yield [{ number: 1, key: 'k', name: 'Ford', type: 'buy', quantity: 1, priceCents: 100, executedAt: 0 }];
  await new Promise((resolve) => setTimeout(resolve, 100));
  throw new NoLeader('no leader of the exchange group');
}

it('CSV that cannot be completed is an error of the connection, and never looks whole', async () => {
  const { app, url } = await startGateway({}, undefined, [[OrdersService, BrokenOrders]]);
  const response = await fetch(`${url}/trades`, { headers: { accept: 'text/csv' } });
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
  await app.close();
});
