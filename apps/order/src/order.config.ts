import { MemberConfig } from '#service-kit';

/** Settings of one order replica. */
export class OrderConfig extends MemberConfig {
  readonly app = 'order';
}
