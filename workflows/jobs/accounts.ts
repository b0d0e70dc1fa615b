import { sweeping, upkeep } from '../policies.ts';

/** Accounts that were read within the last hour are skipped. */
const olderThanMinutes = 60;

/**
 * Reads accounts and their balance transactions again, stalest first, because account events can
 * get lost.
 */
export async function accounts(): Promise<{ read: number }> {
  const read = await sweeping.rereadAccounts({ olderThanMinutes });
  await upkeep.relayWakeUps({ olderThanSeconds: 0 });
  return { read };
}
