import {
  continueAsNew,
  getExternalWorkflowHandle,
  patched,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import { describePayout, summaryOfPayoutWait } from '../domain/explanations.ts';
import { sellerWorkflowId } from '../domain/ids.ts';
import { isOver, nextStep, type Payout, type PayoutStep } from '../domain/payouts/states.ts';
import { lookAgain, type PayoutInput } from './messages.ts';
import { ledger, stripePayouts, stripeReads, transfers } from './policies.ts';
import { showPayout } from './search-attributes.ts';
import { listen, type WakeUps } from './wake-ups.ts';

/** What is left of a payout's workflow once it is over. */
export type PayoutResult = Pick<Payout, 'payoutId' | 'status' | 'transferId' | 'stripePayoutId'>;

/** A run that waits for weeks begins anew first, so that it runs the code of the day. */
const shortHistory = 14;

/** Carries a payout from its reservation to the end of the watch for late returns. */
export async function payout({ payoutId }: PayoutInput): Promise<PayoutResult> {
  const wakeUps = listen();
  let row = await ledger.readPayout({ payoutId }); // whatever happened before this run, it knows
  let woken = false;
  while (!isOver(row)) {
    const step = nextStep(row, woken);
    woken = false;
    if (step.kind === 'wait') {
      woken = await waitAsTold(row, step, wakeUps);
      if (isAskedOfStripe(row)) woken = true;
      else row = await ledger.readPayout({ payoutId });
    } else {
      row = await take(step, row);
    }
  }
  showPayout(row);
  const { status, transferId, stripePayoutId } = row;
  return { payoutId, status, transferId, stripePayoutId };
}

/** Money at the bank: the next step asks Stripe and brings the row along, so it is not read twice. */
function isAskedOfStripe({ status, parked }: Payout): boolean {
  return parked === null && (status === 'sent' || status === 'paid');
}

/** One step: an activity that answers with the row as it stands afterwards. */
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

/** Waits for a wake-up or the row's own deadline; answers whether somebody knocked. */
async function waitAsTold(
  row: Payout,
  step: Extract<PayoutStep, { kind: 'wait' }>,
  wakeUps: WakeUps,
): Promise<boolean> {
  if (!wakeUps.waiting()) {
    setCurrentDetails(describePayout(row, step));
    showPayout(row);
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    const long = row.parked !== null || row.status === 'paid';
    // Whatever else it waits for may be looked at each hour, for months.
    const isFull = continueAsNewSuggested && patched('full-history-begins-anew');
    if ((long && historyLength > shortHistory) || isFull) {
      await continueAsNew<typeof payout>({ payoutId: row.payoutId });
    }
    const summary = summaryOfPayoutWait(step);
    await wakeUps.wait({ now: row.now, until: step.until, summary });
  }
  return wakeUps.take().size > 0;
}

/** The next payout of this seller may start as soon as this one has left the account. */
async function tellOthers(before: Payout, after: Payout): Promise<Payout> {
  if (after.othersWait && after.status !== before.status) {
    const seller = getExternalWorkflowHandle(sellerWorkflowId(after.sellerId));
    // A seller whose workflow is gone is revived and then looks by itself.
    await seller.signal(lookAgain, ['payouts']).catch(() => undefined);
  }
  return after;
}
