import { ProcessConfig, ToBoolean, ToInt } from '#service-kit';
import { IsBoolean, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';

/** The settings of the gateway. */
export class FrontendConfig extends ProcessConfig {
  /** The address that the HTTP server binds. */
  @Matches(/^[A-Za-z0-9.:-]{1,253}$/, { message: 'must be an IP address or a host name' })
  host = '127.0.0.1';

  /** 0 takes any free port. */
  @ToInt()
  @IsInt()
  @Min(0)
  @Max(65_535)
  port = 8080;

  /** Number of processes that share the port, each with a coherent cache of its own. */
  @ToInt()
  @IsInt()
  @Min(1)
  @Max(64)
  frontendWorkers = 1;

  /** Whether lookups may be answered from the cache. `false`: every lookup asks a catalog. */
  @ToBoolean()
  @IsBoolean()
  cacheEnabled = true;

  /** Maximum number of cached stocks. Beyond it, the least recently used one is evicted. */
  @ToInt()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  cacheSize = 1000;

  /** Age beyond which a cached stock is looked up again, in milliseconds. */
  @ToInt()
  @IsInt()
  @Min(1)
  @Max(86_400_000)
  cacheTtlMs = 30_000;

  /** File that keeps the names (never the values) of the cached stocks over a restart. */
  @IsOptional()
  @IsString()
  @Length(1, 4096)
  cacheFile?: string;

  /** How long an idle connection is kept, in milliseconds. Longer than the usual 60 s of proxies, so that they close it first. */
  @ToInt()
  @IsInt()
  @Min(100)
  @Max(3_600_000)
  keepAliveTimeoutMs = 65_000;

  /** Deadline of a whole HTTP request, including all attempts, in milliseconds; server/gateway-server.ts starts it. */
  @ToInt()
  @IsInt()
  @Min(50)
  @Max(600_000)
  requestTimeoutMs = 5000;
}
