import { sweeping, upkeep } from '../policies.ts';

/**
 * Reads what webhooks should have said, and wakes whoever has waited past a deadline. A list that
 * cannot be read keeps nobody from being woken; the pass then fails, for an operator to see.
 */
export async function sweep(): Promise<{ events: number; earnings: number }> {
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
  return { events: platform + accounts, earnings };
}
