import {
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  type ActivityOptions,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { engineQueue, stripeQueues } from './messages.ts';

/** Steps in our own database, in the order a workflow needs them. */
type LedgerSteps = Pick<
  Activities,
  'readPayout' | 'reservePayout' | 'readSeller' | 'startPayout' | 'openPayday'
>;

// A local activity costs one event instead of three, but blocks its worker while it retries:
// three short tries, then the same step as a regular activity, for as long as it takes.
const quickly = proxyLocalActivities<LedgerSteps>({
  startToCloseTimeout: '2s',
  retry: { maximumAttempts: 3, initialInterval: '100ms' },
});
const patiently = proxyActivities<LedgerSteps>({
  taskQueue: engineQueue,
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

/** Our own database: each step answers with the row that stands, however often it runs. */
export const ledger: LedgerSteps = {
  readPayout: async (input) => orElse(quickly.readPayout(input), () => patiently.readPayout(input)),
  reservePayout: async (input) =>
    orElse(quickly.reservePayout(input), () => patiently.reservePayout(input)),
  readSeller: async (input) => orElse(quickly.readSeller(input), () => patiently.readSeller(input)),
  startPayout: async (input) =>
    orElse(quickly.startPayout(input), () => patiently.startPayout(input)),
  openPayday: async (input) => orElse(quickly.openPayday(input), () => patiently.openPayday(input)),
};

async function orElse<T>(first: Promise<T>, then: () => Promise<T>): Promise<T> {
  try {
    return await first;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return then();
  }
}

// Longer than the client's own 60 s and the wait for a turn. A worker that died is noticed by its
// silence; trying again without end is safe, since the attempt's row decides what is sent.
const callingStripe: ActivityOptions = {
  startToCloseTimeout: '3m',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
  // A queue's own limit and the guard before the call only hold for tasks that pass the queue.
  allowEagerDispatch: false,
};

/** From the platform's balance to an account. */
export const transfers = proxyActivities<Pick<Activities, 'createTransfer'>>({
  ...callingStripe,
  taskQueue: stripeQueues.transfers,
});

/** From an account to its bank, or called back before it is on its way. */
export const stripePayouts = proxyActivities<Pick<Activities, 'createPayout' | 'cancelPayout'>>({
  ...callingStripe,
  taskQueue: stripeQueues.payouts,
});

/** Looking at Stripe, apart from what moves money. */
export const stripeReads = proxyActivities<
  Pick<
    Activities,
    'lookUpTransfer' | 'lookUpPayout' | 'followPayout' | 'retrieveAccount' | 'retrieveMovements'
  >
>({ ...callingStripe, taskQueue: stripeQueues.reads });

/** Changing accounts at Stripe. */
export const accounts = proxyActivities<Pick<Activities, 'createAccount' | 'setManualPayouts'>>({
  ...callingStripe,
  taskQueue: stripeQueues.rest,
});

// One pass of a job: the next one comes by its Schedule, so a pass that fails gives up soon.
const onePass: ActivityOptions = {
  startToCloseTimeout: '5m',
  heartbeatTimeout: '30s',
  retry: { maximumAttempts: 3 },
};

/** What jobs do in our database and in Temporal. */
export const upkeep = proxyActivities<
  Pick<Activities, 'relayWakeUps' | 'wakeOverdue' | 'reviveWorkflows'>
>({ ...onePass, taskQueue: engineQueue });

/** What jobs read from Stripe. */
export const sweeping = proxyActivities<
  Pick<
    Activities,
    | 'sweepEvents'
    | 'sweepAccountEvents'
    | 'resolveEarnings'
    | 'checkPlatformPayouts'
    | 'rereadAccounts'
    | 'retrievePlatformMovements'
    | 'takeOpenMovements'
    | 'findDifferences'
  >
>({ ...onePass, taskQueue: stripeQueues.reads });
