import { sweeping, upkeep } from '../policies.ts';

/**
 * Holds Stripe's books and the ledger against each other. What cannot be read keeps nothing else
 * from being compared; the pass then fails, for an operator to see.
 */
export async function reconciliation(): Promise<{ lines: number; sellers: number }> {
  const reads = [sweeping.retrievePlatformMovements(), sweeping.takeOpenMovements()] as const;
  await Promise.allSettled(reads);
  await sweeping.findDifferences();
  await upkeep.relayWakeUps({ olderThanSeconds: 0 });
  const [lines, sellers] = await Promise.all(reads);
  return { lines, sellers };
}
