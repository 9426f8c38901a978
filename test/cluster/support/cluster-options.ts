/** Settings by environment variable. */
export type Settings = Readonly<Record<string, string>>;

export interface ClusterOptions {
  /** Settings of every process. */
  readonly all?: Settings;
  readonly order?: Settings;
  readonly catalog?: Settings;
  readonly frontend?: Settings;
  /** Number of catalogs, the learners of the exchange group. @default 1 */
  readonly catalogs?: number;
  /** Number of gateways. @default 1 */
  readonly frontends?: number;
  /** Directory of the built apps. @default those of this tree */
  readonly apps?: string;
  /** Names of processes that reach the members through proxies. @default none */
  readonly wired?: readonly string[];
}
