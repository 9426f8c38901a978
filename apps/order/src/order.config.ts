import { MemberConfig } from '#contracts';

/** Settings of one order replica. */
export class OrderConfig extends MemberConfig {
  readonly app = 'order';
}
