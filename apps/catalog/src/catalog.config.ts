import { MAX_FIRST_STOCKS, type FirstStock } from '#contracts';
import { MemberConfig } from '#service-kit';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayNotEmpty } from 'class-validator';
import { FIRST_STOCKS, readSeed } from './stocks/seed.js';

/** Settings of one catalog. */
export class CatalogConfig extends MemberConfig {
  readonly app = 'catalog';

  /** The first stocks; used only while the exchange has none. */
  @Transform(({ value }) => readSeed(value as unknown))
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_FIRST_STOCKS)
  catalogSeed: readonly FirstStock[] = FIRST_STOCKS;
}
