/** Imports go one way: apps -> libs; each lib has one door; the core stands alone. */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-circles-among-folders-of-the-gateway',
      severity: 'error',
      scope: 'folder',
      from: { path: '^apps/frontend/src/[^/]+$' },
      // The settings, which all folders import, lie beside the module, which imports all folders.
      to: { circular: true, viaOnly: { path: '^apps/frontend/src/[^/]+$' } },
    },
    {
      name: 'apps-never-import-apps',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    { name: 'libs-never-import-apps', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    {
      name: 'contracts-import-nothing-of-ours',
      severity: 'error',
      from: { path: '^libs/contracts/' },
      to: { path: '^(apps|libs/(?!contracts/))' },
    },
    {
      name: 'service-kit-imports-contracts-alone',
      severity: 'error',
      from: { path: '^libs/service-kit/' },
      to: { path: '^(apps|libs/(?!service-kit/))', pathNot: '^libs/contracts/src/index[.]ts$' },
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
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['source', 'import', 'node', 'default'] },
  },
};
