import { createServer } from 'node:net';
import { freePorts } from '#harness';
import { describe, expect, it } from 'vitest';
import { requireFree } from './require-free.js';
import { createTopology, defaultPorts, urlOf } from './topology.js';

describe('ports', () => {
  it('finds different ones that are free', async () => {
    const ports = await freePorts(5, '127.0.0.1');
    expect(new Set(ports).size).toBe(5);
    const topology = createTopology(
      { order: ports.slice(0, 3), catalog: ports.slice(3, 4), frontend: ports.slice(4) },
      '127.0.0.1',
      '/d',
    );
    await expect(requireFree(topology.processes)).resolves.toBeUndefined();
  });

  it('names the process that needs a taken port, and the one that has it', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const topology = createTopology({ order: [port], catalog: [], frontend: [] }, '127.0.0.1', '/d');
    await expect(requireFree(topology.processes)).rejects.toThrow(
      new RegExp(`order-1 needs port ${port}, but (process ${process.pid} has it|it is taken)`),
    );
    server.close();
  });
});

describe('topology', () => {
  it('gives each process its own settings, and all the same lists', () => {
    const { processes, url } = createTopology(
      defaultPorts({ order: 3, catalog: 2, frontend: 2 }, 8080),
      '127.0.0.1',
      '/data',
    );
    expect(processes.map(({ name, port }) => `${name}:${port}`)).toEqual([
      'order-1:7101',
      'order-2:7102',
      'order-3:7103',
      'catalog-1:7001',
      'catalog-2:7002',
      'frontend-1:8080',
      'frontend-2:8081',
    ]);
    expect(processes[2]?.env).toEqual({
      ORDER_REPLICAS: '1=127.0.0.1:7101,2=127.0.0.1:7102,3=127.0.0.1:7103',
      CATALOG_REPLICAS: '1=127.0.0.1:7001,2=127.0.0.1:7002',
      REPLICA_ID: '3',
      BIND_HOST: '127.0.0.1',
      DATA_DIR: '/data/order-3',
    });
    expect(processes[4]?.env).toMatchObject({ REPLICA_ID: '2', DATA_DIR: '/data/catalog-2' });
    expect(processes[6]?.env).toMatchObject({ HOST: '127.0.0.1', PORT: '8081' });
    expect(url).toBe('http://127.0.0.1:8080');
  });

  it('shows an address that a browser on this machine can open', () => {
    expect(urlOf('0.0.0.0', 80)).toBe('http://127.0.0.1:80');
    expect(urlOf('::1', 8080)).toBe('http://[::1]:8080');
  });
});
