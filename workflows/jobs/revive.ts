import { setCurrentDetails } from '@temporalio/workflow';
import { describeJob } from '../../domain/explanations/temporal-ui/jobs.ts';
import { upkeep } from '../policies.ts';

/** Starts a workflow for each open row that has no running workflow. */
export async function revive(): Promise<{ started: number }> {
  setCurrentDetails(describeJob('revive'));
  const done = { started: await upkeep.reviveWorkflows() };
  setCurrentDetails(describeJob('revive', done));
  return done;
}
