/**
 * The names of all settings of all apps. All apps may share one CONFIG_FILE and don't know each other, so each needs this list to
 * tell another app's setting from a mistake. A test compares the list with the apps' declarations.
 */
export const SETTINGS: readonly string[] = [
  'REPLICA_ID',
  'ORDER_REPLICAS',
  'CATALOG_REPLICAS',
  'BIND_HOST',
  'HOST',
  'PORT',
  'FRONTEND_WORKERS',
  'DATA_DIR',
  'CATALOG_SEED',
  'HEARTBEAT_INTERVAL_MS',
  'ELECTION_TIMEOUT_MS',
  'PREFER_HIGHEST_ID',
  'CACHE_ENABLED',
  'CACHE_SIZE',
  'CACHE_TTL_MS',
  'CACHE_FILE',
  'KEEP_ALIVE_TIMEOUT_MS',
  'REQUEST_TIMEOUT_MS',
  'RPC_TIMEOUT_MS',
  'LOG_LEVEL',
  'LOG_FORMAT',
  'CLUSTER_TOKEN',
];
