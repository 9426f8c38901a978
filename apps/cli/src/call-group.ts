import { ServiceError } from '@stock-bazaar/contracts';
import { NoLeader, NoQuorum, OutcomeUnknown, type GroupClient } from '@stock-bazaar/replication';
import { CliError, unavailable } from './cli-error.js';

const CALL_TIMEOUT_MS = 5000;

/** A call to a group's leader that may be repeated. Whatever goes wrong becomes an error for people. */
export async function callGroup<T>(
  group: Pick<GroupClient, 'call'>,
  pattern: string,
  payload: object,
  whatWasChanged?: string,
): Promise<T> {
  try {
    return await group.call<T>(
      pattern,
      { requestId: 'bazaar', ...payload },
      { timeoutMs: CALL_TIMEOUT_MS, repeatable: true },
    );
  } catch (error) {
    if (error instanceof NoLeader || error instanceof NoQuorum || error instanceof OutcomeUnknown)
      throw unavailable(error.message, whatWasChanged);
    const refusal = ServiceError.fromWire(error);
    if (refusal?.code === 503) throw unavailable(refusal.message, whatWasChanged);
    if (refusal) throw new CliError(refusal.message, 'use the same version of bazaar as the system');
    throw error;
  }
}
