/** The injection token of the module's options. */
export const REPLICATION_OPTIONS = Symbol('REPLICATION_OPTIONS');
/** The injection token of what a member has from the world outside. */
export const REPLICATION_PORTS = Symbol('REPLICATION_PORTS');
