import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Db } from '../db/connect.ts';
import { recordStep } from '../db/operations/checks.ts';
import { jobSteps } from '../domain/overdue/jobs.ts';

/**
 * Records when each step of a job has finished, so that a job that stands still is a failed check.
 */
export function recordPasses(db: Db): ActivityInterceptorsFactory {
  return ({ info: { workflowType, activityType } }) => ({
    inbound: {
      async execute(input, next) {
        const result = await next(input);
        if (workflowType !== undefined && workflowType in jobSteps) {
          await recordStep(db, workflowType, activityType).catch(() => undefined);
        }
        return result;
      },
    },
  });
}
