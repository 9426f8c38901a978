import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';

export const TOPICS = ['trades', 'quotes', 'cluster'] as const;
export type Topic = (typeof TOPICS)[number];

/** Up to 15 digits, so that every JSON reader represents it exactly. */
const NUMBER = '0|[1-9]\\d{0,14}';
const AFTER = `^(${NUMBER}|latest)$`;
const ANY_TOPIC = `(${TOPICS.join('|')})`;
const TOPIC_LIST = `^${ANY_TOPIC}(,${ANY_TOPIC}){0,2}$`;

export const LAST_EVENT_ID = { type: 'string', pattern: `^(${NUMBER})$` } as const;

export class StreamQuery {
  @ApiPropertyOptional({
    type: 'string',
    pattern: AFTER,
    default: '0',
    description: 'Only trades after this number; `latest` begins with the next trade.',
  })
  @Matches(new RegExp(AFTER), { message: 'after must be a number of a trade, 0, or "latest"' })
  after = '0';

  @ApiPropertyOptional({
    type: 'string',
    pattern: TOPIC_LIST,
    default: 'trades',
    description: 'Any of `trades`, `quotes` and `cluster`, separated by commas.',
  })
  @IsOptional()
  @Matches(new RegExp(TOPIC_LIST), {
    message: 'topics must be trades, quotes, cluster or several of them, separated by commas',
  })
  topics = 'trades';
}
