import { Injectable, type PipeTransform } from '@nestjs/common';
import { WrongGroup } from '../errors.js';
import { ReplicatedLog } from '../replicated-log.service.js';
import { isRecord } from './parse-messages.js';

/**
 * Refuses requests for another group with the same name. A `GroupClient` that knows its group names it in each request, as
 * `groupId` in the payload; the handler gets the payload without it. Throws `WrongGroup`: the request is not executed.
 *
 * @example app.useGlobalPipes(app.get(SameGroupPipe), new ValidationPipe());
 */
@Injectable()
export class SameGroupPipe implements PipeTransform {
  constructor(private readonly log: ReplicatedLog) {}

  transform(payload: unknown): unknown {
    if (!isRecord(payload) || !Object.hasOwn(payload, 'groupId')) return payload;
    const { groupId, ...rest } = payload;
    if (groupId !== this.log.groupId) throw wrongGroup(this.log.groupId, String(groupId));
    return rest;
  }
}

function wrongGroup(ours: string | null, asked: string): WrongGroup {
  const belongs = ours === null ? 'belongs to no group yet' : `belongs to group ${ours}`;
  return new WrongGroup(`this member ${belongs}, and the request is for group ${asked}`);
}
