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

  /** So many processes share the port, each with a cache of its own that is as fresh as any. */
  @ToInt()
  @IsInt()
  @Min(1)
  @Max(64)
  frontendWorkers = 1;

  /** `false`: every lookup asks the catalog. */
  @ToBoolean()
  @IsBoolean()
  cacheEnabled = true;

  /** So many stocks are kept; beyond that the least recently used one goes. */
  @ToInt()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  cacheSize = 1000;

  /** A stock that was cached so long ago is asked for again. */
  @ToInt()
  @IsInt()
  @Min(1)
  @Max(86_400_000)
  cacheTtlMs = 30_000;

  /** Keeps the names (never the values) of the cached stocks over a restart. */
  @IsOptional()
  @IsString()
  @Length(1, 4096)
  cacheFile?: string;

  /** How long an idle connection is kept. Longer than proxies keep theirs, which is usually 60 s: they are to end it. */
  @ToInt()
  @IsInt()
  @Min(100)
  @Max(3_600_000)
  keepAliveTimeoutMs = 65_000;

  /** One deadline for a whole HTTP request, all attempts included. */
  @ToInt()
  @IsInt()
  @Min(50)
  @Max(600_000)
  requestTimeoutMs = 5000;
}
