import { Controller } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { tcpTraffic } from './tcp.js';

/** The pattern under which each member answers with its `Traffic`, leader or not. Takes `{}`. */
export const TRAFFIC_PATTERN = 'process.traffic';

/** Number of messages that a process has exchanged over TCP since its start. */
export interface Traffic {
  readonly sent: number;
  readonly received: number;
}

@Controller()
export class TrafficController {
  @MessagePattern(TRAFFIC_PATTERN)
  traffic(): Traffic {
    return tcpTraffic;
  }
}
