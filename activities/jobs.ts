import { getClient, heartbeat, log } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Db } from '../db/connect.ts';
import { listOpenRows, wakeOverdue } from '../db/overdue.ts';
import { listWakeUps, removeWakeUps } from '../db/wake-ups.ts';
import { engineQueue } from '../workflows/messages.ts';
import { deliverWakeUp } from './wake-ups/delivery.ts';
import { startPayoutWorkflow, startSellerWorkflow } from './wake-ups/starts.ts';

/** The maximum number of wake-ups that one pass delivers. */
const passLimit = 2000;
const atOnce = 20;
/** Minutes after its deadline until a workflow is woken again. */
const overdueMinutes = 2;
/** Seconds after which the workflow of a new row should be visible. */
const startingSeconds = 20;

/** The jobs' work between our database and Temporal. */
export function createJobActivities({ db }: { db: Db }) {
  return {
    /** Delivers the wake-ups that were not delivered in time. Returns how many. */
    async relayWakeUps({ olderThanSeconds }: { olderThanSeconds: number }): Promise<number> {
      const wakeUps = await listWakeUps(db, { limit: passLimit, olderThanSeconds });
      const client = getClient();
      let delivered = 0;
      await inGroups(wakeUps, async (group) => {
        const told = await Promise.allSettled(
          group.map((wakeUp) => deliverWakeUp({ client, taskQueue: engineQueue }, wakeUp)),
        );
        // One failed delivery does not prevent the others; it stays stored for the next pass.
        const done = group.filter((_, index) => told[index]?.status === 'fulfilled');
        if (done.length === 0) throw new Error('Temporal took none of the wake-ups');
        await removeWakeUps(db, done);
        heartbeat();
        delivered += done.length;
      });
      return delivered;
    },

    /** Wakes each workflow whose row passed its deadline some minutes ago. */
    async wakeOverdue(): Promise<void> {
      await wakeOverdue(db, overdueMinutes);
    },

    /** Starts a workflow for each open row that has none. Returns how many. */
    async reviveWorkflows(): Promise<number> {
      const started = await startMissing({ db, client: getClient() }, startingSeconds, heartbeat);
      if (started > 0) log.warn('workflows were missing', { count: started });
      return started;
    },
  };
}

/**
 * Starts a workflow for each open row that is older than the given seconds and has no running
 * workflow. Reports the number started so far after each group. Returns the total.
 */
export async function startMissing(
  { db, client }: { db: Db; client: Client },
  olderThanSeconds: number,
  tell: (started: number) => void,
): Promise<number> {
  const rows = await listOpenRows(db, olderThanSeconds);
  const running = new Set<string>();
  const query = `ExecutionStatus = 'Running' AND WorkflowType IN ('sellerLifecycle', 'payout')`;
  for await (const { workflowId } of client.workflow.list({ query, pageSize: 1000 })) {
    running.add(workflowId);
    tell(0);
  }
  const missing = rows.filter(({ workflowId }) => !running.has(workflowId));
  let started = 0;
  await inGroups(missing, async (group) => {
    await Promise.all(
      group.map((row) =>
        row.kind === 'seller'
          ? startSellerWorkflow(client, row.sellerId)
          : startPayoutWorkflow(client, row, true),
      ),
    );
    started += group.length;
    tell(started);
  });
  return started;
}

async function inGroups<T>(all: T[], act: (group: T[]) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += atOnce) {
    await act(all.slice(at, at + atOnce));
  }
}
