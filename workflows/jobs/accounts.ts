import { sweeping, upkeep } from '../policies.ts';

/** Accounts read within the last hour are left alone. */
const olderThanMinutes = 60;

/** Reads accounts and their books again, stalest first, since what tells of them gets lost. */
export async function accounts(): Promise<{ read: number }> {
  const read = await sweeping.rereadAccounts({ olderThanMinutes });
  await upkeep.relayWakeUps({ olderThanSeconds: 0 });
  return { read };
}
