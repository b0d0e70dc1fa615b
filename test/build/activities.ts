import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';

// A failure is the test's to read, so no log repeats it.
const logger = new DefaultLogger('ERROR');

/** The environment of one activity at this attempt: the test cancels it and hears its heartbeats. */
export function activityEnvironment(attempt = 1): MockActivityEnvironment {
  return new MockActivityEnvironment({ attempt }, { logger });
}

/** Runs an activity in an environment of its own; returns its answer or throws its failure. */
export async function runActivity<Answer>(activity: () => Promise<Answer>): Promise<Answer> {
  return (await activityEnvironment().run(activity)) as Answer;
}
