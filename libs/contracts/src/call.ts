import { IsInt, IsString, Length, Max, Min } from 'class-validator';

/** The members that every request between our processes has. */
export class Call {
  /** Names the HTTP request that caused the call, in every process's log. */
  @IsString()
  @Length(1, 128)
  requestId!: string;

  /**
   * How much longer, in milliseconds, the caller waits. A duration and not a point in time: clocks of
   * different machines need not agree.
   */
  @IsInt()
  @Min(1)
  @Max(600_000)
  timeoutMs!: number;
}
