import type { Client } from '@temporalio/client';
import { engineQueue } from '../../workflows/messages.ts';

/** A poll lasts at most one minute, so a live worker has polled within two. */
const latelyMs = 120_000;

/** The identities, `pid@host`, of the workers that polled Temporal recently. */
export async function listPollers(
  { workflowService }: Pick<Client, 'workflowService'>,
  namespace: string,
): Promise<string[]> {
  const { pollers } = await workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: engineQueue },
  });
  const since = Date.now() - latelyMs;
  const lately = (pollers ?? []).filter(({ lastAccessTime: at }) => {
    return Number(at?.seconds ?? 0) * 1000 >= since;
  });
  return [...new Set(lately.map(({ identity }) => identity ?? ''))];
}
