import { setCurrentDetails } from '@temporalio/workflow';
import { describeJob } from '../../domain/explanations/temporal-ui/jobs.ts';
import { sweeping, upkeep } from '../policies.ts';

/**
 * Compares the ledger with Stripe's balance transactions. A failing read does not prevent the
 * comparison of the rest; the pass then fails, so that an operator sees it.
 */
export async function reconciliation(): Promise<Record<string, number>> {
  setCurrentDetails(describeJob('reconciliation'));
  const reads = [sweeping.retrievePlatformMovements(), sweeping.takeOpenMovements()] as const;
  await Promise.allSettled(reads);
  const found = await sweeping.findDifferences();
  await upkeep.relayWakeUps({ olderThanSeconds: 0 });
  const [lines, sellers] = await Promise.all(reads);
  const done = { lines, sellers, ...found };
  setCurrentDetails(describeJob('reconciliation', done));
  return done;
}
