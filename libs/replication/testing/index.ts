export type { NetworkSettings } from './memory-network.js';
export { createTestCluster, TestCluster, type TestClusterOptions } from './test-cluster.js';
export { TestMember } from './test-member.js';
