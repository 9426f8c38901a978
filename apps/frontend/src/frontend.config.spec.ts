import { ConfigError, loadConfig } from '#service-kit';
import { describe, expect, it } from 'vitest';
import { FrontendConfig } from './frontend.config.js';

function load(env: Record<string, string>): Readonly<FrontendConfig> {
  return loadConfig(FrontendConfig, { env, directory: '/nonexistent' });
}

describe('the configuration of the gateway', () => {
  it('has a default for everything', () => {
    expect(load({})).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      cacheEnabled: true,
      cacheSize: 1000,
      cacheTtlMs: 30_000,
      requestTimeoutMs: 5000,
      rpcTimeoutMs: 1000,
    });
    expect(load({}).cacheFile).toBeUndefined();
  });

  it('takes port 0', () => {
    expect(load({ PORT: '0' }).port).toBe(0);
  });

  it('lists every problem at once', () => {
    const wrong = {
      HOST: 'a host',
      PORT: '65536',
      CACHE_ENABLED: 'yes',
      CACHE_SIZE: '0',
      CACHE_TTL_MS: '1.5',
      REQUEST_TIMEOUT_MS: 'soon',
      CACHE_FILE: 'x'.repeat(4097),
    };
    try {
      load(wrong);
      expect.unreachable();
    } catch (error) {
      const { problems } = error as ConfigError;
      expect(problems).toHaveLength(Object.keys(wrong).length);
      for (const [variable, value] of Object.entries(wrong))
        expect(problems).toContainEqual(expect.stringMatching(new RegExp(`^${variable} must .*${value}`)));
    }
  });
});
