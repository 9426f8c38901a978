import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from './load-config.js';
import { learnerIdOf, MemberConfig } from './process.config.js';

class TestConfig extends MemberConfig {
  readonly app = 'order';
}

class TestCatalogConfig extends MemberConfig {
  readonly app = 'catalog';
}

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'config-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

function load(env: NodeJS.ProcessEnv): TestConfig {
  return loadConfig(TestConfig, { env, directory });
}

function loadCatalog(env: NodeJS.ProcessEnv): TestCatalogConfig {
  return loadConfig(TestCatalogConfig, { env, directory });
}

function problemsOf(env: NodeJS.ProcessEnv, loadIt: (env: NodeJS.ProcessEnv) => unknown = load): readonly string[] {
  try {
    loadIt(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** A list of catalogs of this length. */
function catalogs(count: number): string {
  return Array.from({ length: count }, (_, i) => `${i + 1}=127.0.0.1:${8001 + i}`).join();
}

describe('a configuration', () => {
  it('has a default for everything but the replica id', () => {
    const config = load({ REPLICA_ID: '2' });
    expect(config.replicaId).toBe(2);
    expect(config.electionTimeoutMs).toBe(500);
    expect(config.orderReplicas.map(({ port }) => port)).toEqual([7101, 7102, 7103]);
    expect(config.replicationOptions().dataDir).toBe('data/order-2');
  });

  it('makes an order replica a voter of the exchange group, and a catalog a learner with a unique id', () => {
    const voter = load({ REPLICA_ID: '2' }).replicationOptions();
    const learner = loadCatalog({ REPLICA_ID: '2', CATALOG_REPLICAS: catalogs(16) }).replicationOptions();
    expect([voter.group, voter.id, voter.role]).toEqual(['exchange', 2, 'voter']);
    expect([learner.group, learner.id, learner.role]).toEqual(['exchange', learnerIdOf(2), 'learner']);
    expect(learner.dataDir).toBe('data/catalog-2');
    expect(learner.voters.map(({ name }) => name)).toEqual(['order-1', 'order-2', 'order-3']);
    expect(learner.learners).toHaveLength(16);
    expect(learner.learners[1]).toMatchObject({ id: learner.id, name: 'catalog-2', port: 8002 });
  });

  it('is frozen', () => {
    expect(Object.isFrozen(load({ REPLICA_ID: '1' }))).toBe(true);
  });

  it('prefers the environment to .env, and .env to the file', () => {
    writeFileSync(join(directory, '.env'), 'RPC_TIMEOUT_MS=200\nLOG_LEVEL=warn\nCONFIG_FILE=bazaar.yaml\n');
    writeFileSync(
      join(directory, 'bazaar.yaml'),
      'RPC_TIMEOUT_MS: 300\nLOG_LEVEL: error\nPREFER_HIGHEST_ID: false\nPORT: 9000\n',
    );
    const config = load({ REPLICA_ID: '1', RPC_TIMEOUT_MS: '100' });
    expect([config.rpcTimeoutMs, config.logLevel, config.preferHighestId]).toEqual([100, 'warn', false]);
  });

  it('may come from a JSON file', () => {
    writeFileSync(join(directory, 'bazaar.json'), '{"REPLICA_ID": 3, "ELECTION_TIMEOUT_MS": 900}');
    expect(load({ CONFIG_FILE: 'bazaar.json' }).electionTimeoutMs).toBe(900);
  });

  it('treats an empty variable as absent', () => {
    writeFileSync(join(directory, '.env'), 'RPC_TIMEOUT_MS=\nLOG_LEVEL=\nCONFIG_FILE=bazaar.yaml\n');
    writeFileSync(
      join(directory, 'bazaar.yaml'),
      'LOG_LEVEL: warn\nPREFER_HIGHEST_ID:\nBIND_HOST: null\nDATA_DIR: ""\n',
    );
    const config = load({ REPLICA_ID: '1', RPC_TIMEOUT_MS: '', CONFIG_FILE: '', CLUSTER_TOKEN: '' });
    expect(config).toMatchObject({
      rpcTimeoutMs: 1000,
      logLevel: 'warn',
      preferHighestId: true,
      bindHost: '127.0.0.1',
    });
    expect([config.clusterToken, config.dataDir]).toEqual([undefined, undefined]);
  });

  const MARKS = { 'UTF-8': Buffer.of(0xef, 0xbb, 0xbf), 'UTF-16': Buffer.of(0xff, 0xfe) };
  it.each([
    ['.env', 'UTF-8', 'RPC_TIMEOUT_MS=300\r\nLOG_LEVEL=warn\r\n'],
    ['.env', 'UTF-16', 'RPC_TIMEOUT_MS=300\r\nLOG_LEVEL="warn"\r\n'],
    ['bazaar.yaml', 'UTF-8', 'RPC_TIMEOUT_MS: 300\r\nLOG_LEVEL: warn\r\n'],
    ['bazaar.yaml', 'UTF-8', '{"RPC_TIMEOUT_MS": 300,\r\n"LOG_LEVEL": "warn"}\r\n'],
  ] as const)('may come from a file written on Windows: %s in %s', (name, encoding, text) => {
    const body = Buffer.from(text, encoding === 'UTF-16' ? 'utf16le' : 'utf8');
    writeFileSync(join(directory, name), Buffer.concat([MARKS[encoding], body]));
    const config = load({ REPLICA_ID: '1', ...(name !== '.env' && { CONFIG_FILE: name }) });
    expect([config.rpcTimeoutMs, config.logLevel]).toEqual([300, 'warn']);
  });

  it('takes a value from a file literally', () => {
    const text = 'CLUSTER_TOKEN: 12345678901234567890\nPREFER_HIGHEST_ID: False\nDATA_DIR: 1e1\n';
    writeFileSync(join(directory, 'bazaar.yaml'), text);
    expect(load({ REPLICA_ID: '1', CONFIG_FILE: 'bazaar.yaml' })).toMatchObject({
      ...{ clusterToken: '12345678901234567890', preferHighestId: false, dataDir: '1e1' },
    });
  });
});

describe('a wrong configuration', () => {
  it('is reported with all problems at once, each under the name of its variable', () => {
    const problems = problemsOf({
      ORDER_REPLICAS: '1=nowhere',
      CATALOG_REPLICAS: '1=127.0.0.1:7001,1=127.0.0.1:7002',
      RPC_TIMEOUT_MS: 'soon',
      LOG_LEVEL: 'loud',
      PREFER_HIGHEST_ID: 'yes',
      BIND_HOST: 'everywhere',
    });
    for (const variable of [
      'ORDER_REPLICAS',
      'CATALOG_REPLICAS',
      'RPC_TIMEOUT_MS',
      'LOG_LEVEL',
      'PREFER_HIGHEST_ID',
      'BIND_HOST',
      'REPLICA_ID',
    ]) {
      expect(problems.filter((problem) => problem.startsWith(`${variable} `))).toHaveLength(1);
    }
  });

  it.each([
    ['REPLICA_ID', '7', /not a member.*1, 2, 3/],
    ['REPLICA_ID', '1.5', /integer/],
    ['REPLICA_ID', '-1', /REPLICA_ID/],
    ['ELECTION_TIMEOUT_MS', '100', /5 heartbeats/],
    ['BIND_HOST', '0.0.0.0', /CLUSTER_TOKEN is missing/],
    ['CLUSTER_TOKEN', 'short', /CLUSTER_TOKEN (?!.*short)/],
    ['ORDER_REPLICAS', '1=127.0.0.1:7101,2=127.0.0.1:7102', /1, 3 or 5/],
    ['CATALOG_REPLICAS', catalogs(17), /17 catalogs; 16 are the limit/],
    ['ORDER_REPLICAS', '1=127.0.0.1:70000', /70000/],
    ['ORDER_REPLICAS', '1=127.0.0.1:0', /127\.0\.0\.1:0" where ID=HOST:PORT/],
    ['ORDER_REPLICAS', '1=127.0.0.1:7001', /both name address 127\.0\.0\.1:7001/],
    ['RPC_TIMEOUT_MS', '0x100', /integer/],
    ['RPC_TIMEOUT_MS', '1e2', /integer/],
    ['RPC_TIMEOUT_MS', ' 500 ', /integer/],
    ['CONFIG_FILE', 'missing.yaml', /missing\.yaml cannot be read/],
  ])('%s=%s is refused', (variable, value, text) => {
    expect(problemsOf({ REPLICA_ID: '1', [variable]: value }).join('\n')).toMatch(text);
  });

  it('is reported when a catalog is not in the list of catalogs', () => {
    expect(problemsOf({ REPLICA_ID: '3', CATALOG_REPLICAS: catalogs(2) }, loadCatalog)).toEqual([
      'REPLICA_ID 3 is not a member; CATALOG_REPLICAS names 1, 2',
    ]);
  });

  it('is reported with the conflicts between settings, too', () => {
    const problems = problemsOf({
      REPLICA_ID: '7',
      ELECTION_TIMEOUT_MS: '10',
      BIND_HOST: '0.0.0.0',
      LOG_LEVEL: 'loud',
    });
    const variables = problems.map((problem) => problem.split(' ')[0]);
    expect(variables.sort()).toEqual(['CLUSTER_TOKEN', 'ELECTION_TIMEOUT_MS', 'LOG_LEVEL', 'REPLICA_ID']);
  });

  it.each(['localhost', 'LOCALHOST', '[::1]', '[0:0:0:0:0:0:0:1]', '0.0.0.0', '127.1'])(
    'is reported when %s and 127.0.0.1 have the same port',
    (host) => {
      const list = `1=127.0.0.1:7101,2=${host}:7101,3=127.0.0.1:7103`;
      expect(problemsOf({ REPLICA_ID: '1', ORDER_REPLICAS: list }).join()).toMatch(/names address .*:7101 twice/);
    },
  );

  it.each(['127.0.0.2', 'order-2.example'])('is not reported when the address differs: %s', (host) => {
    const list = `1=127.0.0.1:7101,2=${host}:7101,3=127.0.0.1:7103`;
    expect(problemsOf({ REPLICA_ID: '1', ORDER_REPLICAS: list })).toEqual([]);
  });

  it('is reported when its file cannot be read', () => {
    mkdirSync(join(directory, '.env'));
    expect(problemsOf({ REPLICA_ID: '1' }).join()).toMatch(/\.env cannot be read: EISDIR/);
  });

  it('is reported with unknown settings of the file', () => {
    writeFileSync(join(directory, 'bazaar.yaml'), 'REQUEST_TIMEOUT: 5\n');
    expect(problemsOf({ REPLICA_ID: '1', CONFIG_FILE: 'bazaar.yaml' }).join()).toMatch(
      /unknown setting REQUEST_TIMEOUT/,
    );
  });

  it('is reported when the file is not a list of settings', () => {
    writeFileSync(join(directory, 'bazaar.yaml'), '- 1\n');
    expect(problemsOf({ REPLICA_ID: '1', CONFIG_FILE: 'bazaar.yaml' }).join()).toMatch(/holds no settings/);
  });
});
