import { continueAsNew, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { describeSeller, summaryOfSellerWait } from '../domain/explanations/temporal-ui/sellers.ts';
import { nextSellerStep, type Seller, type SellerStep } from '../domain/sellers.ts';
import type { WakeTopic } from '../domain/wake-ups.ts';
import type { SellerInput } from './messages.ts';
import { takeOnboardingStep } from './onboarding.ts';
import { openPayday } from './periodic-payouts.ts';
import { ledger, stripeReads } from './policies.ts';
import { showSeller } from './search-attributes.ts';
import { listen, type WakeUps } from './wake-ups.ts';

/** Runs until the seller is closed: creates the account, monitors it and starts the payouts. */
export async function sellerLifecycle({ sellerId }: SellerInput): Promise<void> {
  const wakeUps = listen();
  let row = await ledger.readSeller({ sellerId });
  let topics = wakeUps.take();
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
      topics = stillOpen(topics, step, wakeUps);
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

/**
 * Returns the topics that are still open. The topic that the step has just read is closed, unless a
 * new wake-up named it.
 */
function stillOpen(
  topics: ReadonlySet<WakeTopic>,
  { kind }: SellerStep,
  wakeUps: WakeUps,
): ReadonlySet<WakeTopic> {
  const read = { 'read-account': 'account', 'read-movements': 'money' } as const;
  if (kind !== 'read-account' && kind !== 'read-movements') return topics;
  return new Set([...[...topics].filter((topic) => topic !== read[kind]), ...wakeUps.take()]);
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
      await continueAsNew<typeof sellerLifecycle>({ sellerId: row.sellerId });
    }
    const summary = summaryOfSellerWait(row, step.until);
    await wakeUps.wait({ now: row.now, until: step.until, summary });
  }
  return wakeUps.take();
}
