import { MemberConfig } from '@stock-bazaar/contracts';
import { Transform } from 'class-transformer';
import { ArrayNotEmpty } from 'class-validator';
import { FIRST_STOCKS, readSeed, type FirstStock } from './stocks/seed.js';

/** Settings of one member of the catalog group. */
export class CatalogConfig extends MemberConfig {
  /** The first stocks; used only when the database is empty. */
  @Transform(({ value }) => readSeed(value as unknown))
  @ArrayNotEmpty()
  catalogSeed: readonly FirstStock[] = FIRST_STOCKS;

  override relationProblems(): readonly string[] {
    return this.memberProblems('CATALOG_REPLICAS', this.catalogReplicas);
  }
}
