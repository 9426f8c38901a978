import { Controller } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { LOG_PATTERN, type LogPage } from '../log-page.js';
import { STATUS_PATTERN, type ReplicaStatus } from '../replica-status.js';
import { ReplicatedLog } from '../replicated-log.service.js';
import { MESSAGES_PATTERN, TcpTransport } from './tcp-transport.js';

/** Receives the messages of peers, and answers requests for this member's status and log. */
@Controller()
export class ReplicationController {
  constructor(
    private readonly log: ReplicatedLog,
    private readonly transport: TcpTransport,
  ) {}

  // Not async: handlers that await overlap, which would reorder messages.
  @EventPattern(MESSAGES_PATTERN)
  receive(@Payload() batch: unknown): void {
    this.transport.deliver(batch);
  }

  @MessagePattern(STATUS_PATTERN)
  status(): ReplicaStatus {
    return this.log.status();
  }

  @MessagePattern(LOG_PATTERN)
  page(@Payload() asked: { readonly from?: unknown; readonly limit?: unknown } | null | undefined): LogPage {
    return this.log.page(asked?.from, asked?.limit);
  }
}
