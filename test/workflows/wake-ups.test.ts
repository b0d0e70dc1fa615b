import { activityInfo } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { newId, sellerWorkflowId } from '../../domain/ids.ts';
import type { Seller } from '../../domain/sellers.ts';
import type { WakeTopic } from '../../domain/wake-ups.ts';
import { until } from '../../dev/wait.ts';
import { engineQueue, lookAgain, stripeQueues } from '../../workflows/messages.ts';
import { aSeller } from '../build/seller.ts';
import { openTemporal } from '../servers/environment.ts';

let temporal: TestWorkflowEnvironment;
let workers: Worker[];
const running: Promise<void>[] = [];

beforeAll(async () => {
  temporal = await openTemporal();
  const { nativeConnection: connection } = temporal;
  const { namespace } = temporal.client.options;
  const workflowBundle = { codePath: inject('workflowBundle') };
  const shared = { connection, namespace, activities };
  workers = await Promise.all([
    Worker.create({ ...shared, taskQueue: engineQueue, workflowBundle }),
    Worker.create({ ...shared, taskQueue: stripeQueues.reads }),
  ]);
  running.push(...workers.map((worker) => worker.run()));
});
afterAll(async () => {
  workers.forEach((worker) => worker.shutdown());
  await Promise.all(running);
  await temporal.teardown();
});

/** A step that returns the seller's row. */
type Read = 'readSeller' | 'retrieveAccount' | 'retrieveMovements';

/**
 * The only seller, whose steps are played: so a signal surely comes between the read of the row and
 * the end of its step. With `orderedDuring`, a payout is ordered at that moment.
 */
const stage: { row: Seller; steps: string[]; orderedDuring: Read | null } = {
  row: aSeller(),
  steps: [],
  orderedDuring: null,
};

function read(step: Read) {
  return async (): Promise<Seller> => {
    const isDuring = stage.orderedDuring === step;
    // A signal reaches a workflow during a regular activity, not during a short local one.
    if (isDuring && activityInfo().isLocal) throw new Error('the database cannot be reached');
    stage.steps.push(step);
    const { row } = stage;
    if (isDuring) {
      stage.orderedDuring = null;
      stage.row = { ...row, startablePayouts: [newId('payout')] };
      await handleOf(row).signal(lookAgain, ['payouts']);
    }
    return row;
  };
}

const activities = {
  readSeller: read('readSeller'),
  retrieveAccount: read('retrieveAccount'),
  retrieveMovements: read('retrieveMovements'),
  startPayout: async (): Promise<Seller> => {
    stage.steps.push('startPayout');
    stage.row = { ...stage.row, startablePayouts: [] };
    return stage.row;
  },
};

function handleOf({ sellerId }: Seller): WorkflowHandle {
  return temporal.client.workflow.getHandle(sellerWorkflowId(sellerId));
}

/** Starts the workflow of a new seller with its first wake-up, and returns the steps it takes. */
async function live(first: WakeTopic[], orderedDuring: Read | null): Promise<string[]> {
  const row = aSeller({ sellerId: newId('sel') });
  const steps: string[] = [];
  Object.assign(stage, { row, steps, orderedDuring });
  await temporal.client.workflow.signalWithStart('sellerLifecycle', {
    workflowId: sellerWorkflowId(row.sellerId),
    taskQueue: engineQueue,
    args: [{ sellerId: row.sellerId }],
    signal: lookAgain,
    signalArgs: [first],
  });
  await until('the seller waits for a wake-up', async () => {
    const { raw } = await handleOf(row).describe();
    const isBusy = raw.pendingWorkflowTask ?? (raw.pendingActivities ?? []).length > 0;
    return !isBusy && steps.length > 0;
  });
  return steps;
}

describe('an order that comes while the seller’s row is on its way to the workflow', () => {
  test.each<{ orderedDuring: Read; first: WakeTopic[] }>([
    { orderedDuring: 'readSeller', first: ['payouts'] },
    { orderedDuring: 'retrieveAccount', first: ['account'] },
    { orderedDuring: 'retrieveMovements', first: ['money'] },
  ])('starts after $orderedDuring, whatever else is told', async ({ orderedDuring, first }) => {
    expect(await live(first, orderedDuring)).toContain('startPayout');
  });
});

test('a wake-up that starts the workflow costs no second read', async () => {
  expect(await live(['payouts'], null)).toEqual(['readSeller']);
});
