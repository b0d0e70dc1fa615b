import { ScheduleAlreadyRunning, type Client, type ScheduleOptions } from '@temporalio/client';
import { engineQueue } from '../workflows/messages.ts';

/** Creates or corrects the Schedules of the jobs, and runs each once now. */
export async function ensureSchedules(
  client: Client,
  seconds: { relay: number; sweep: number; revive: number; accounts: number },
): Promise<void> {
  for (const [name, every] of Object.entries(seconds)) {
    const schedule = scheduleOf(name, every);
    const handle = client.schedule.getHandle(schedule.scheduleId);
    try {
      await client.schedule.create(schedule);
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      const { spec, action, policies } = schedule;
      await handle.update((known) => ({
        ...known,
        spec,
        action,
        policies: { ...known.policies, ...policies },
      }));
    }
    await handle.trigger();
  }
}

function scheduleOf(name: string, everySeconds: number) {
  const scheduleId = `job/${name}`;
  return {
    scheduleId,
    spec: { intervals: [{ every: everySeconds * 1000 }] },
    action: {
      type: 'startWorkflow',
      workflowType: name,
      workflowId: scheduleId,
      taskQueue: engineQueue,
      args: [],
      staticSummary: `Job ${name}`,
    },
    // A pass that takes longer than its interval is not joined by another; passes missed while
    // Temporal was away are made up for by the next.
    policies: { overlap: 'SKIP', catchupWindow: everySeconds * 1000 },
  } satisfies ScheduleOptions;
}
