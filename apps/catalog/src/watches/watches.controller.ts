import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { CATALOG_PATTERNS, WatchCall, type WatchAnswer } from '#contracts';
import { ReplicatedLog } from '#replication';
import { Watches } from './watches.js';

@Controller()
export class WatchesController {
  constructor(
    private readonly watches: Watches,
    private readonly log: ReplicatedLog,
  ) {}

  @MessagePattern(CATALOG_PATTERNS.watch)
  watch(@Payload() call: WatchCall): Promise<WatchAnswer> {
    return this.watches.watch(call, () => this.log.readLeaseMs);
  }
}
