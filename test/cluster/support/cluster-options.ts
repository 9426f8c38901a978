/** Settings by the names of their environment variables: for all processes, or for those of one app. */
export type Settings = Readonly<Record<string, string>>;

export interface ClusterOptions {
  /** For every process. */
  readonly all?: Settings;
  readonly order?: Settings;
  readonly catalog?: Settings;
  readonly frontend?: Settings;
  /** Learners of the exchange group. @default 1 */
  readonly catalogs?: number;
  /** Gateways. @default 1 */
  readonly frontends?: number;
  /** Where the built apps are. @default those of this tree */
  readonly apps?: string;
  /** Names of processes that reach the members through proxies. @default none */
  readonly wired?: readonly string[];
}
