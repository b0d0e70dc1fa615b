import { setCurrentDetails } from '@temporalio/workflow';
import { describeJob } from '../../domain/explanations/temporal-ui/jobs.ts';
import { sweeping, upkeep } from '../policies.ts';

/** Accounts that were read within the last hour are skipped. */
const olderThanMinutes = 60;

/**
 * Reads accounts and their balance transactions again, stalest first, because account events can
 * get lost.
 */
export async function accounts(): Promise<{ read: number }> {
  setCurrentDetails(describeJob('accounts'));
  const read = await sweeping.rereadAccounts({ olderThanMinutes });
  await upkeep.relayWakeUps({ olderThanSeconds: 0 });
  const done = { read };
  setCurrentDetails(describeJob('accounts', done));
  return done;
}
