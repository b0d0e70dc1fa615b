import { setCurrentDetails } from '@temporalio/workflow';
import { describeJob } from '../../domain/explanations/temporal-ui/jobs.ts';
import { upkeep } from '../policies.ts';

/** A wake-up that is older than this was not delivered by the API. */
const olderThanSeconds = 5;

/**
 * Delivers the wake-ups that the API could not deliver because it was killed or Temporal was down.
 */
export async function relay(): Promise<{ delivered: number }> {
  setCurrentDetails(describeJob('relay'));
  const done = { delivered: await upkeep.relayWakeUps({ olderThanSeconds }) };
  setCurrentDetails(describeJob('relay', done));
  return done;
}
