/** More than a gateway caches by default: who looks them up in turn never finds one in the cache. */
const COUNT = 2000;
const WELL_KNOWN = ['Ford', 'Tesla', 'Amc', 'Nike'];

/** All stocks of a catalog with preloaded data. */
export const MANY_STOCKS = Array.from({ length: COUNT }, (_, i) => WELL_KNOWN[i] ?? `Stock-${i + 1}`);

/** Those that are traded, and looked up where the cache is to answer. */
export const FEW_STOCKS = MANY_STOCKS.slice(0, WELL_KNOWN.length);
