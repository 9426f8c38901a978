import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { CATALOG_PATTERNS, FollowCall, type FollowAnswer } from '#contracts';
import { TradesService } from './trades.service.js';

@Controller()
export class TradesController {
  constructor(private readonly trades: TradesService) {}

  @MessagePattern(CATALOG_PATTERNS.follow)
  follow(@Payload() call: FollowCall): Promise<FollowAnswer> {
    return this.trades.follow(call);
  }
}
