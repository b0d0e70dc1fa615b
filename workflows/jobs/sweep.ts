import { sweeping, upkeep } from '../policies.ts';

/** Reads what webhooks should have said, and wakes whoever has waited past a deadline. */
export async function sweep(): Promise<{ events: number; earnings: number }> {
  const [platform, accounts, earnings] = await Promise.all([
    sweeping.sweepEvents(),
    sweeping.sweepAccountEvents(),
    sweeping.resolveEarnings(),
    sweeping.checkPlatformPayouts(),
  ]);
  await upkeep.wakeOverdue();
  await upkeep.relayWakeUps({ olderThanSeconds: 0 });
  return { events: platform + accounts, earnings };
}
