import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';

// The test checks the failures, so the log need not repeat them.
const logger = new DefaultLogger('ERROR');

/**
 * The environment of one activity at this attempt. The test can cancel the activity and observe its
 * heartbeats.
 */
export function activityEnvironment(attempt = 1): MockActivityEnvironment {
  return new MockActivityEnvironment({ attempt }, { logger });
}

/** Runs an activity in an environment of its own. Returns its result or throws its failure. */
export async function runActivity<Answer>(activity: () => Promise<Answer>): Promise<Answer> {
  return (await activityEnvironment().run(activity)) as Answer;
}
