import { upkeep } from '../policies.ts';

/** Seconds after which a wake-up counts as not delivered by the API. */
const olderThanSeconds = 5;

/** Delivers what the API could not: it was killed, or Temporal was away. */
export async function relay(): Promise<{ delivered: number }> {
  return { delivered: await upkeep.relayWakeUps({ olderThanSeconds }) };
}
