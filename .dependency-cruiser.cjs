/** Imports go one way: apps -> libs; each lib has one door; the core stands alone. */

/** The folders of a source root in their order: each imports only those before it, so they form no circle, not even of types. */
const FOLDERS_IN_ORDER = {
  'apps/cli/src': ['terminal', 'log', 'workload', 'status', 'verify', 'shell', 'demo', 'bench', 'chaos', 'commands'],
  'apps/catalog/src': ['watches', 'stocks', 'trades'],
  'apps/frontend/src': [
    'errors',
    'server',
    'console',
    'docs',
    'cluster',
    'health',
    'stocks',
    'orders',
    'stream',
    'metrics',
  ],
  'apps/order/src': ['orders'],
  'libs/exchange/src': ['client'],
  'libs/harness/src': ['processes', 'http'],
  'libs/replication/src': ['core', 'storage', 'driver', 'transport', 'client'],
  'libs/service-kit/src': ['process', 'tcp', 'config', 'calls', 'log'],
  test: [
    'system',
    'http',
    'cluster',
    'console',
    'recovery',
    'chaos',
    'cache',
    'failpoints',
    'learners',
    'model',
    'package',
    'simulation',
    'bench',
  ],
};

const foldersInOrder = Object.entries(FOLDERS_IN_ORDER).flatMap(([root, folders]) => [
  ...folders.map((folder, i) => ({
    name: `${root}/${folder}-imports-only-folders-before-it`,
    severity: 'error',
    from: { path: `^${root}/${folder}/` },
    to: { path: `^${root}/[^/]+/`, pathNot: `^${root}/(${folders.slice(0, i + 1).join('|')})/` },
  })),
  {
    name: `${root}-lists-its-folders`,
    severity: 'error',
    from: { path: `^${root}/(?!(?:${folders.join('|')})/)([^/]+)/` },
    to: { path: `^${root}/[^/]+/`, pathNot: `^${root}/$1/` },
  },
]);

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'apps-never-import-apps',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    { name: 'libs-never-import-apps', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    {
      name: 'contracts-import-only-replication',
      severity: 'error',
      from: { path: '^libs/contracts/' },
      // Its reasons are part of ours.
      to: { path: '^(apps|libs/(?!contracts/))', pathNot: '^libs/replication/src/index[.]ts$' },
    },
    {
      name: 'service-kit-imports-contracts-and-replication',
      severity: 'error',
      from: { path: '^libs/service-kit/' },
      to: { path: '^(apps|libs/(?!service-kit/))', pathNot: '^libs/(contracts|replication)/src/index[.]ts$' },
    },
    {
      name: 'harness-is-for-the-command-line-and-tests',
      severity: 'error',
      from: { path: '^(apps/(?!cli/)|libs/(?!harness/))' },
      to: { path: '^libs/harness/' },
    },
    {
      name: 'replication-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^libs/replication/' },
      to: { path: '^(apps|libs/(?!replication/))' },
    },
    {
      name: 'the-core-stands-alone',
      severity: 'error',
      from: { path: '^libs/replication/src/core/', pathNot: '[.]spec[.]ts$' },
      to: { pathNot: '^libs/replication/src/core/' },
    },
    {
      name: 'libs-have-one-door',
      severity: 'error',
      from: { path: '^(apps|libs)/([^/]+)/' },
      to: { path: '^libs/[^/]+/', pathNot: '^(libs/$2/|libs/[^/]+/src/index[.]ts$)' },
    },
    {
      name: 'apps-do-not-import-tests',
      severity: 'error',
      from: { path: '^(apps|libs)/[^/]+/src/', pathNot: '[.]spec[.]ts$' },
      to: { path: '(^test/|/test/|/testing/|[.]spec[.]ts$)' },
    },
    ...foldersInOrder,
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['stock-bazaar-source', 'import', 'node', 'default'],
    },
  },
};
