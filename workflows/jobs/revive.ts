import { upkeep } from '../policies.ts';

/** Starts a workflow for each open row that has no running workflow. */
export async function revive(): Promise<{ started: number }> {
  return { started: await upkeep.reviveWorkflows() };
}
