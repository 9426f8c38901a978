import { MemberConfig } from '@stock-bazaar/contracts';

/** Settings of one replica of the order service. */
export class OrderConfig extends MemberConfig {
  override relationProblems(): readonly string[] {
    return this.memberProblems('ORDER_REPLICAS', this.orderReplicas);
  }
}
