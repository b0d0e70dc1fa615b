import {
  ApplicationFailure,
  continueAsNew,
  getExternalWorkflowHandle,
  patched,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import {
  describePayout,
  failureToShow,
  summaryOfPayoutWait,
} from '../domain/explanations/temporal-ui/payouts.ts';
import { troubleOf } from '../domain/explanations/temporal-ui/trouble.ts';
import { sellerWorkflowId } from '../domain/ids.ts';
import { isOver, nextStep, type Payout, type PayoutStep } from '../domain/payouts/states.ts';
import { lookAgain, type PayoutInput } from './messages.ts';
import { ledger, stripePayouts, stripeReads, transfers } from './policies.ts';
import { showPayout, showReplaced } from './search-attributes.ts';
import { listen, type WakeUps } from './wake-ups.ts';

/** The result of a payout's workflow, shown in the Temporal UI, also if the workflow fails. */
export type PayoutResult = Pick<Payout, 'payoutId' | 'status' | 'transferId' | 'stripePayoutId'>;

/**
 * Before a run waits for weeks, it continues as new if its history has more events than this. The
 * new run then uses the current code.
 */
const shortHistory = 14;

/**
 * Takes a payout from its reservation to the end of the watch for late returns. The workflow fails
 * if the bank does not have the money, after the row is final; no other fault fails it.
 */
export async function payout({ payoutId }: PayoutInput): Promise<PayoutResult> {
  const wakeUps = listen();
  let row = await ledger.readPayout({ payoutId }); // the row contains what happened before this run
  let woken = false;
  const trouble = listenForTrouble();
  while (!isOver(row)) {
    const step = nextStep(row, woken);
    woken = false;
    if (step.kind === 'wait') {
      woken = await waitAsTold(row, step, { wakeUps, trouble });
      if (isAskedOfStripe(row)) woken = true;
      else row = await ledger.readPayout({ payoutId });
    } else {
      row = await take(step, row);
    }
  }
  await trouble.tellAtEnd(row);
  setCurrentDetails(describePayout(row, { kind: 'over' }));
  showPayout(row);
  const { status, transferId, stripePayoutId } = row;
  return endWith(row, { payoutId, status, transferId, stripePayoutId });
}

/** Returns the result. If the bank does not have the money, fails with the result as a detail. */
function endWith(row: Payout, result: PayoutResult): PayoutResult {
  const message = failureToShow(row);
  if (message === null || !patched('refused-by-bank-fails')) return result;
  throw ApplicationFailure.create({
    message,
    type: 'payout-failed',
    details: [result],
    nonRetryable: true,
    category: 'BENIGN', // the metrics of failed workflows count only faults
  });
}

/**
 * True if the next step asks Stripe about money that is on its way to the bank or at the bank. That
 * step reads the row itself, so the workflow does not read it first.
 */
function isAskedOfStripe({ status, parked }: Payout): boolean {
  return parked === null && (status === 'sent' || status === 'paid');
}

/** Runs one step: an activity that returns the row as stored afterwards. */
async function take(step: Exclude<PayoutStep, { kind: 'wait' }>, before: Payout): Promise<Payout> {
  const { payoutId } = before;
  setCurrentDetails(describePayout(before, step));
  switch (step.kind) {
    case 'reserve':
      return ledger.reservePayout({ payoutId });
    case 'transfer':
      return transfers.createTransfer({ payoutId });
    case 'payout':
      return tellOthers(before, await stripePayouts.createPayout({ payoutId }));
    case 'cancel':
      return stripePayouts.cancelPayout({ payoutId });
    case 'look-up':
      return step.step === 'transfer'
        ? stripeReads.lookUpTransfer({ payoutId })
        : tellOthers(before, await stripeReads.lookUpPayout({ payoutId }));
    case 'follow':
    case 'settle':
      return stripeReads.followPayout({ payoutId });
    case 'over':
      return before;
  }
}

/** Waits for a wake-up or for the row's deadline. Returns true if a wake-up arrived. */
async function waitAsTold(
  row: Payout,
  step: Extract<PayoutStep, { kind: 'wait' }>,
  { wakeUps, trouble }: { wakeUps: WakeUps; trouble: Trouble },
): Promise<boolean> {
  if (!wakeUps.waiting()) {
    setCurrentDetails(describePayout(row, step));
    showPayout(row);
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    const long = row.parked !== null || row.status === 'paid';
    // Other waits can repeat every hour for months, so they continue as new only when Temporal
    // suggests it.
    const isFull = continueAsNewSuggested && patched('full-history-begins-anew');
    if ((long && historyLength > shortHistory) || isFull) {
      await trouble.tellOfEnd(row);
      // A wake-up that arrived meanwhile would be lost with this run.
      if (!wakeUps.waiting()) {
        showReplaced();
        await continueAsNew<typeof payout>({ payoutId: row.payoutId });
      }
    }
    trouble.tell(row);
    const summary = summaryOfPayoutWait(step);
    await wakeUps.wait({ now: row.now, until: step.until, summary });
  }
  return wakeUps.take().size > 0;
}

type Trouble = {
  tell: (row: Payout) => void;
  /** Tells that a trouble ended before a new run begins, which knows of no trouble to end. */
  tellOfEnd: (row: Payout) => Promise<void>;
  /** Tells that a trouble ended with the payout. */
  tellAtEnd: (row: Payout) => Promise<void>;
};

/**
 * Notifies the seller's workflow when an unusual wait of this payout begins, changes or ends,
 * because that workflow shows why the seller is not paid. A usual payout notifies nobody. Temporal
 * drops a signal of a run that ends in the same task, so a run that is about to end waits for the
 * delivery.
 */
function listenForTrouble(): Trouble {
  let told: string | null = null;
  const tell = (row: Payout): void => {
    const reason = troubleOf(row);
    if (reason === told || !patched('seller-is-told-of-trouble')) return;
    told = reason;
    void wakeSeller(row); // the signal leaves with the next command, and nothing waits for it
  };
  return {
    tell,
    tellAtEnd: async (row) => {
      if (told === null) return;
      if (!patched('ends-tell-first')) return tell(row);
      told = null;
      await wakeSeller(row);
    },
    tellOfEnd: async (row) => {
      if (told === null || troubleOf(row) !== null || !patched('new-runs-tell-first')) return;
      told = null;
      await wakeSeller(row);
    },
  };
}

/**
 * Notifies the seller's workflow when this payout has left the account: the next payout may start.
 */
async function tellOthers(before: Payout, after: Payout): Promise<Payout> {
  if (after.othersWait && after.status !== before.status) {
    await wakeSeller(after);
  }
  return after;
}

/** If the seller's workflow does not run, `job/revive` starts it, and it then reads its row. */
async function wakeSeller({ sellerId }: Payout): Promise<void> {
  const seller = getExternalWorkflowHandle(sellerWorkflowId(sellerId));
  await seller.signal(lookAgain, ['payouts']).catch(() => undefined);
}
