import { upkeep } from '../policies.ts';

/** A wake-up that is older than this was not delivered by the API. */
const olderThanSeconds = 5;

/**
 * Delivers the wake-ups that the API could not deliver because it was killed or Temporal was down.
 */
export async function relay(): Promise<{ delivered: number }> {
  return { delivered: await upkeep.relayWakeUps({ olderThanSeconds }) };
}
