import { MemberConfig, type ChecksRelations } from '@stock-bazaar/contracts';

/** Settings of one replica of the order service. */
export class OrderConfig extends MemberConfig implements ChecksRelations {
  relationProblems(): readonly string[] {
    return this.memberProblems('ORDER_REPLICAS', this.orderReplicas);
  }
}
