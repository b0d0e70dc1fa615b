import { upkeep } from '../policies.ts';

/** Starts whatever has an open row and no running workflow. */
export async function revive(): Promise<{ started: number }> {
  return { started: await upkeep.reviveWorkflows() };
}
