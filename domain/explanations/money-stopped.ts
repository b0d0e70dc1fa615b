import { because } from '../parking/commands.ts';
import { waitNames } from '../waits.ts';
import type { Operations } from './facts.ts';
import { wait, type Waiting } from './waiting.ts';

/**
 * The wait that says that all money is stopped, and why. `stopsOf` in payout.ts decides when a
 * payout's explanation contains it.
 */
export function moneyStopped({ reason, changedAt, changedBy }: Operations): Waiting {
  const why = `All money is stopped: ${reason ?? 'no reason is known'}`;
  const command = {
    method: 'POST' as const,
    path: '/v1/operations/resume-money',
    body: because,
    when: 'Money may move again',
  };
  const more = { since: changedAt, by: changedBy, commands: [command] };
  return wait(waitNames.moneyStopped, 'operator', why, 'Resuming money', more);
}
