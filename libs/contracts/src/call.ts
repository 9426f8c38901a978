import { IsInt, IsString, Length, Max, Min } from 'class-validator';

/** The fields of every request between our processes. */
export class Call {
  /** Identifies the HTTP request that caused the call in the log of every process. */
  @IsString()
  @Length(1, 128)
  requestId!: string;

  /**
   * Time left until the caller gives up, in milliseconds. A duration rather than a point in time, because the clocks of
   * different machines need not agree.
   */
  @IsInt()
  @Min(1)
  @Max(600_000)
  timeoutMs!: number;
}
