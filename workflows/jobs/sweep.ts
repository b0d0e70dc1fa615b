import { setCurrentDetails } from '@temporalio/workflow';
import { describeJob } from '../../domain/explanations/temporal-ui/jobs.ts';
import { sweeping, upkeep } from '../policies.ts';

/**
 * Reads Stripe's lists for events that no webhook delivered, and wakes every workflow that waits
 * past its deadline. A failing read does not prevent the wake-ups; the pass then fails, so that an
 * operator sees it.
 */
export async function sweep(): Promise<{ events: number; earnings: number }> {
  setCurrentDetails(describeJob('sweep'));
  const reads = [
    sweeping.sweepEvents(),
    sweeping.sweepAccountEvents(),
    sweeping.resolveEarnings(),
    sweeping.checkPlatformPayouts(),
  ] as const;
  await Promise.allSettled(reads);
  await upkeep.wakeOverdue();
  await upkeep.relayWakeUps({ olderThanSeconds: 0 });
  const [platform, accounts, earnings] = await Promise.all(reads);
  const done = { events: platform + accounts, earnings };
  setCurrentDetails(describeJob('sweep', done));
  return done;
}
