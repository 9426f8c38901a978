/** The injection token of the module's options. */
export const REPLICATION_OPTIONS = Symbol('REPLICATION_OPTIONS');
/** The injection token of a member's ports. */
export const REPLICATION_PORTS = Symbol('REPLICATION_PORTS');
