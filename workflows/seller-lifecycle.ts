import { continueAsNew, patched, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { describeSeller, summaryOfSellerWait } from '../domain/explanations/temporal-ui/sellers.ts';
import { nextSellerStep, type Seller, type SellerStep } from '../domain/sellers.ts';
import type { WakeTopic } from '../domain/wake-ups.ts';
import type { SellerInput } from './messages.ts';
import { takeOnboardingStep } from './onboarding.ts';
import { openPayday } from './periodic-payouts.ts';
import { ledger, stripeReads } from './policies.ts';
import { showReplaced, showSeller } from './search-attributes.ts';
import { listen, type WakeUps } from './wake-ups.ts';

/** Runs until the seller is closed: creates the account, monitors it and starts the payouts. */
export async function sellerLifecycle({ sellerId }: SellerInput): Promise<void> {
  const wakeUps = listen();
  let topics = wakeUps.take();
  let row = await ledger.readSeller({ sellerId });
  ({ row, topics } = await takeLateWakeUps({ row, topics }, wakeUps));
  for (;;) {
    const step = nextSellerStep(row, topics);
    if (step.kind === 'over') {
      if (!wakeUps.waiting()) {
        setCurrentDetails(describeSeller(row));
        return showSeller(row);
      }
      // A wake-up arrived after the row was read: the seller may have been reopened.
      topics = wakeUps.take();
      row = await ledger.readSeller({ sellerId });
    } else if (step.kind === 'wait') {
      topics = await waitAsTold(row, step, wakeUps);
      row = await ledger.readSeller({ sellerId });
    } else {
      row = await take(step, row);
      const read = topicsRead[step.kind];
      if (read) {
        // The topic is closed, unless a new wake-up names it.
        topics = new Set([...topics].filter((topic) => topic !== read));
        ({ row, topics } = await takeLateWakeUps({ row, topics }, wakeUps));
      }
    }
  }
}

async function take(
  step: Exclude<SellerStep, { kind: 'wait' | 'over' }>,
  row: Seller,
): Promise<Seller> {
  const { sellerId } = row;
  switch (step.kind) {
    case 'create-account':
    case 'read-account':
    case 'set-manual-payouts':
      return takeOnboardingStep(step.kind, { sellerId });
    case 'read-movements':
      return stripeReads.retrieveMovements({ sellerId });
    case 'open-payday':
      return openPayday(row);
    case 'start-payout':
      return ledger.startPayout({ sellerId, payoutId: step.payoutId });
  }
}

/** The topic that a step closes, because it has just read at Stripe what the topic is about. */
const topicsRead: { [Kind in SellerStep['kind']]?: WakeTopic } = {
  'read-account': 'account',
  'read-movements': 'money',
};

type Known = { row: Seller; topics: ReadonlySet<WakeTopic> };

/**
 * Adds the wake-ups that arrived while the row was read. The row may be older than what they are
 * about, so it is read again: with the older row, the workflow could wait for what has happened.
 */
async function takeLateWakeUps({ row, topics }: Known, wakeUps: WakeUps): Promise<Known> {
  if (!wakeUps.waiting()) return { row, topics };
  const all = new Set([...topics, ...wakeUps.take()]);
  if (!patched('late-wake-ups-read-again')) return { row, topics: all };
  return { row: await ledger.readSeller({ sellerId: row.sellerId }), topics: all };
}

async function waitAsTold(
  row: Seller,
  step: Extract<SellerStep, { kind: 'wait' }>,
  wakeUps: WakeUps,
): Promise<ReadonlySet<WakeTopic>> {
  if (!wakeUps.waiting()) {
    setCurrentDetails(describeSeller(row));
    showSeller(row);
    if (workflowInfo().continueAsNewSuggested) {
      showReplaced();
      await continueAsNew<typeof sellerLifecycle>({ sellerId: row.sellerId });
    }
    const summary = summaryOfSellerWait(row, step.until);
    await wakeUps.wait({ now: row.now, until: step.until, summary });
  }
  return wakeUps.take();
}
