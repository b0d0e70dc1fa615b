import {
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  type ActivityOptions,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { engineQueue, stripeQueues } from './messages.ts';

/** The text that the Temporal UI shows next to each activity. */
type Summaries = { [Name in keyof Activities]?: string };

/** A summary is an option of a whole proxy, so each activity gets its own proxy. */
function summarized<Of extends Summaries>(
  summaries: Of,
  proxy: (summary: string) => Activities,
): Pick<Activities, keyof Of & keyof Activities> {
  const names = Object.keys(summaries) as (keyof Of & keyof Activities)[];
  const one = (name: keyof Of & keyof Activities) => proxy(summaries[name] ?? name)[name];
  return Object.fromEntries(names.map((name) => [name, one(name)]));
}

function activitiesOf<Of extends Summaries>(options: ActivityOptions, summaries: Of) {
  return summarized(summaries, (summary) => proxyActivities<Activities>({ ...options, summary }));
}

/** Steps in our own database, defined in `activities/database.ts`. */
const ledgerSteps = {
  readPayout: 'Reads the payout',
  reservePayout: 'Reserves money for the payout',
  readSeller: 'Reads the seller',
  startPayout: 'Starts the workflow of a payout',
  openPayday: 'Orders the payouts of a payday',
} satisfies Summaries;
type LedgerSteps = Pick<Activities, keyof typeof ledgerSteps>;

// A local activity costs one history event instead of three, but blocks its worker while it
// retries. Therefore: three short tries, then the same step as a regular activity without a retry
// limit.
const quickly: LedgerSteps = summarized(ledgerSteps, (summary) =>
  proxyLocalActivities<Activities>({
    startToCloseTimeout: '2s',
    retry: { maximumAttempts: 3, initialInterval: '100ms' },
    summary,
  }),
);
const patiently: LedgerSteps = activitiesOf(
  {
    taskQueue: engineQueue,
    startToCloseTimeout: '30s',
    retry: { initialInterval: '1s', maximumInterval: '1m' },
  },
  ledgerSteps,
);

/** Steps in our own database. A step that runs twice returns the same stored row. */
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

// The timeout is longer than the client's own 60 s plus the wait for a slot. Missing heartbeats
// reveal a dead worker. Unlimited retries are safe, because the attempt's row decides what is sent
// to Stripe.
const callingStripe: ActivityOptions = {
  startToCloseTimeout: '3m',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
  // An eagerly dispatched task would bypass the task queue and so its rate limit.
  allowEagerDispatch: false,
};

/** Transfers from the platform's balance to an account: `activities/payouts/transfers.ts`. */
export const transfers = activitiesOf(
  { ...callingStripe, taskQueue: stripeQueues.transfers },
  { createTransfer: 'Transfers from the platform to the seller’s account' },
);

/**
 * Payouts from an account to its bank, and their cancellation: `activities/payouts/bank-payouts.ts`
 * and `activities/payouts/cancellations.ts`.
 */
export const stripePayouts = activitiesOf(
  { ...callingStripe, taskQueue: stripeQueues.payouts },
  {
    createPayout: 'Asks Stripe to pay out to the seller’s bank',
    cancelPayout: 'Asks Stripe to cancel the payout',
  },
);

/**
 * Reads from Stripe, in a queue separate from the calls that move money: `activities/payouts/`
 * (look-ups, following), `activities/accounts/creation.ts` (`retrieveAccount`) and
 * `activities/reconciliation/balance-transactions.ts` (`retrieveMovements`).
 */
export const stripeReads = activitiesOf(
  { ...callingStripe, taskQueue: stripeQueues.reads },
  {
    lookUpTransfer: 'Looks for the transfer at Stripe, since the answer was lost',
    lookUpPayout: 'Looks for the payout at Stripe, since the answer was lost',
    followPayout: 'Reads from Stripe whether the bank has the money',
    retrieveAccount: 'Reads the seller’s account from Stripe',
    retrieveMovements: 'Reads the books of the seller’s account from Stripe',
  },
);

/** Changes to accounts at Stripe: `activities/accounts/creation.ts`. */
export const accounts = activitiesOf(
  { ...callingStripe, taskQueue: stripeQueues.rest },
  {
    createAccount: 'Opens the seller’s account at Stripe',
    setManualPayouts: 'Lets nobody but the engine pay the account out',
  },
);

// One pass of a job. Its Schedule starts the next pass, so a failing pass gives up after three
// tries.
const onePass: ActivityOptions = {
  startToCloseTimeout: '5m',
  heartbeatTimeout: '30s',
  retry: { maximumAttempts: 3 },
};

/** The jobs' work in our database and in Temporal: `activities/jobs.ts`. */
export const upkeep = activitiesOf(
  { ...onePass, taskQueue: engineQueue },
  {
    relayWakeUps: 'Tells workflows what the API could not tell them',
    wakeOverdue: 'Wakes what waited past its deadline',
    reviveWorkflows: 'Starts the workflow of whatever is open and has none',
  },
);

/**
 * The jobs' reads from Stripe: `activities/stripe-events/sweep.ts`, `activities/operations.ts`,
 * `activities/accounts/reads.ts` and `activities/reconciliation/passes.ts`.
 */
export const sweeping = activitiesOf(
  { ...onePass, taskQueue: stripeQueues.reads },
  {
    sweepEvents: 'Reads the platform’s events that no webhook brought',
    sweepAccountEvents: 'Reads the accounts’ events that no webhook brought',
    resolveEarnings: 'Reads when earnings become payable',
    checkPlatformPayouts: 'Checks that the platform’s own payouts are manual',
    rereadAccounts: 'Reads the accounts again, the stalest first',
    retrievePlatformMovements: 'Reads the platform’s books at Stripe',
    takeOpenMovements: 'Finds whose the open lines of Stripe’s books are',
    findDifferences: 'Compares the ledger with Stripe’s books',
  },
);
