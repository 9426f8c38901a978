import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { CATALOG_PATTERNS, WatchCall, type WatchAnswer } from '@stock-bazaar/contracts';
import { WatchesService } from './watches.service.js';

@Controller()
export class WatchesController {
  constructor(private readonly watches: WatchesService) {}

  @MessagePattern(CATALOG_PATTERNS.watch)
  watch(@Payload() call: WatchCall): Promise<WatchAnswer> {
    return this.watches.watch(call);
  }
}
