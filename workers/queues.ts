import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import type { Activities } from '../activities/index.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/connect.ts';
import { engineQueue, stripeQueues } from '../workflows/messages.ts';
import { heartbeats } from './heartbeats.ts';
import { recordPasses } from './passes.ts';

/**
 * The size of the workflow cache: more workflows than are ever in flight at the same time. A
 * smaller cache causes replays, which cost a third of the throughput.
 */
const cachedWorkflows = 2000;

/** Creates one Worker per queue, so that reads from Stripe never delay a payout. */
export async function createWorkers(
  connection: NativeConnection,
  config: Config,
  activities: Activities,
  db: Db,
): Promise<Worker[]> {
  const { payoutsAtOnce } = config.stripe.budgets;
  const shared = {
    connection,
    namespace: config.temporal.namespace,
    activities,
    shutdownGraceTime: '20s',
    interceptors: { activity: [heartbeats, recordPasses(db)] },
  } satisfies Partial<WorkerOptions>;
  const calling = (taskQueue: string, atOnce: number): WorkerOptions => {
    return { ...shared, taskQueue, maxConcurrentActivityTaskExecutions: atOnce };
  };
  return Promise.all([
    Worker.create({
      ...shared,
      taskQueue: engineQueue,
      ...workflowsOf(config),
      maxCachedWorkflows: cachedWorkflows,
    }),
    Worker.create(calling(stripeQueues.payouts, payoutsAtOnce)),
    Worker.create(calling(stripeQueues.transfers, 40)),
    Worker.create(calling(stripeQueues.reads, 40)),
    Worker.create(calling(stripeQueues.rest, 20)),
  ]);
}

function workflowsOf({ workflowBundle }: Config): Partial<WorkerOptions> {
  if (workflowBundle !== undefined) return { workflowBundle: { codePath: workflowBundle } };
  return { workflowsPath: new URL('../workflows/index.ts', import.meta.url).pathname };
}
