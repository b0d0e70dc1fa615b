import { type Operations, sayStop } from '../money-stops.ts';
import { liftStopCommand } from '../parking/commands.ts';
import { waitNames } from '../waits.ts';
import { wait, type Waiting } from './waiting.ts';

/**
 * The waits that say that all money is stopped, by whom and why: one for each open stop. `stopsOf`
 * in payout.ts decides when a payout's explanation contains them.
 */
export function moneyStopped({ stops }: Operations): Waiting[] {
  return stops.slice(0, mostStops).map((stop) => {
    const { id, stoppedAt: since, stoppedByName: by } = stop;
    const why = sayStop(stop);
    const liftedBy = 'Lifting this stop, and every other open stop';
    return wait(waitNames.moneyStopped, 'operator', why, liftedBy, {
      since,
      by,
      commands: [liftStopCommand(id)],
    });
  });
}

/** The wait of a payout that waited for stopped money while no stop is open any more. */
export function moneyResumed(since: string | null): Waiting {
  const why =
    'All money was stopped when the payout was about to be sent. No stop is open any more, so the engine continues the payout';
  const liftedBy = 'Nothing: the payout continues automatically';
  return wait(waitNames.moneyStopped, 'engine', why, liftedBy, { since });
}

/** The most stops that an explanation names. `/v1/attention` lists them all. */
const mostStops = 20;
