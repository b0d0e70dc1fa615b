import { type Client, ScheduleAlreadyRunning, type ScheduleOptions } from '@temporalio/client';
import { engineQueue } from '../../workflows/messages.ts';

/**
 * Creates or corrects the Schedules of the jobs and runs each once now. Returns the ids of those
 * that changed.
 */
export async function ensureSchedules(
  client: Client,
  seconds: Record<'relay' | 'sweep' | 'revive' | 'accounts' | 'reconciliation', number>,
): Promise<string[]> {
  const changed = new Set<string>();
  for (const [name, every] of Object.entries(seconds)) {
    const schedule = scheduleOf(name, every);
    const handle = client.schedule.getHandle(schedule.scheduleId);
    try {
      await client.schedule.create(schedule);
      changed.add(schedule.scheduleId);
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      const { spec, action, policies } = schedule;
      await handle.update((known) => {
        const wasEvery = known.spec.intervals?.[0]?.every;
        if (wasEvery !== spec.intervals[0]?.every) changed.add(schedule.scheduleId);
        return { ...known, spec, action, policies: { ...known.policies, ...policies } };
      });
    }
    await handle.trigger();
  }
  return [...changed];
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
      // A pass that hangs must end: while it runs, every later pass is skipped.
      workflowRunTimeout: '1 hour',
      staticSummary: `Job ${name}`,
    },
    // Passes never overlap. After an outage of Temporal, one pass replaces those that were missed.
    policies: { overlap: 'SKIP', catchupWindow: everySeconds * 1000 },
  } satisfies ScheduleOptions;
}
