/** The injection token of the module's options. */
export const REPLICATION_OPTIONS = Symbol('REPLICATION_OPTIONS');
