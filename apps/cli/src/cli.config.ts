import { ConfigError, loadConfig, ProcessConfig, ToBoolean, ToInt, ToMembers, type Member } from '#service-kit';
import { IsArray, IsBoolean, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';

/** The settings that the command line itself needs. They are read as every app's are. */
export class CliConfig {
  /** Undefined when nobody has said which system is meant. */
  @IsOptional()
  @ToMembers()
  @IsArray()
  orderReplicas?: readonly Member[];

  /** Undefined when nobody has said which system is meant. */
  @IsOptional()
  @ToMembers()
  @IsArray()
  catalogReplicas?: readonly Member[];

  @IsOptional()
  @IsString()
  @Length(16, 256)
  clusterToken?: string;

  /**
   * The address of the demo's gateways. Not always meant for us: some shells export `HOST` as the name of the machine,
   * and conda as that of a compiler's target.
   */
  @IsOptional()
  @IsString()
  host?: string;

  /** Port of the gateway that is meant unless `--url` or `--port` names another one. */
  @ToInt()
  @IsInt()
  @Min(0)
  @Max(65_535)
  port = 8080;

  @ToBoolean()
  @IsBoolean()
  preferHighestId = true;
}

const found = load();

/** The settings; the defaults while they have a problem, which `requireSettings` tells. */
export const SETTINGS: CliConfig = found instanceof ConfigError ? new CliConfig() : found;

/** Throws the `ConfigError` when the settings have a problem. Help can be had nevertheless. */
export function requireSettings(): void {
  if (found instanceof ConfigError) throw found;
}

/** Where the members are when nobody says otherwise. */
export const DEFAULT_MEMBERS: Readonly<Pick<ProcessConfig, 'orderReplicas' | 'catalogReplicas'>> = new ProcessConfig();

function load(): CliConfig | ConfigError {
  try {
    return loadConfig(CliConfig);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}
