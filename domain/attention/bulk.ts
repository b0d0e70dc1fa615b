import { planLift } from '../commands/lifts.ts';
import type { ApiKeyId, HoldId, PayoutId, SellerId, SellerPauseId } from '../ids.ts';
import { add, type Money } from '../money.ts';
import {
  isUnknown,
  offers,
  type PayoutPark,
  payoutParks,
  type SellerPark,
  sellerParks,
} from '../parking/reasons.ts';
import {
  type CancelRefusal,
  planCancel,
  type StepAttempt,
  stepToLookAt,
} from '../payouts/cancellation.ts';
import type { PayoutStatus } from '../payouts/states.ts';
import { type Cause, causeNames } from '../reconciliation/discrepancies.ts';
import type { MoneyStep } from '../stripe.ts';
import { waitNames } from '../waits.ts';

/** The kinds of objects that can wait for a person. */
export const attentionKinds = [
  'payout',
  'seller',
  'discrepancy',
  'hold',
  'pause',
  'stop',
  'funding',
] as const;
export type AttentionKind = (typeof attentionKinds)[number];

/**
 * Why an object waits for a person: a park reason, a payout that is late at the bank, the cause of
 * a discrepancy, or what a person ordered.
 */
export const attentionReasons = [
  ...(Object.keys(payoutParks) as PayoutPark[]),
  ...(Object.keys(sellerParks) as SellerPark[]),
  ...causeNames,
  'held' as const,
  waitNames.sellerPaused,
  waitNames.moneyStopped,
  'platform-money-missing' as const,
];
export type AttentionReason = (typeof attentionReasons)[number];

/**
 * The commands that can run on many objects at once. `confirm-sent` is not among them, because a
 * person must name the object. Before `confirm-not-sent`, the engine looks at Stripe for each
 * payout.
 */
export const bulkCommands = [
  'retry',
  'cancel',
  'confirm-not-sent',
  'release-hold',
  'resume-bank-account',
  'pause-seller',
  'resume-seller',
] as const;
export type BulkCommand = (typeof bulkCommands)[number];

/**
 * True for commands that record their reason with each object, as the command for one object does.
 */
export function takesReason(command: BulkCommand): boolean {
  return command === 'release-hold' || command === 'pause-seller' || command === 'resume-seller';
}

/** An object that a command finally changes, with its current state. */
export type BulkTarget = { state: string } & (
  | { kind: 'payout'; id: PayoutId }
  | { kind: 'seller'; id: SellerId }
  | { kind: 'pause'; id: SellerPauseId }
  | { kind: 'hold'; id: HoldId }
  | { kind: 'bank-account'; id: string }
);

/** Why a command does not apply to an object. */
export type Inapplicable =
  | 'look-first'
  | 'not-offered'
  | 'outcome-open'
  | CancelRefusal
  | 'no-seller'
  | 'seller-closed'
  | 'paused-already'
  | 'not-paused'
  | 'pause-not-named'
  | 'no-hold'
  | 'no-paused-bank-account'
  | 'same-target';

/**
 * What a command does to one waiting object: the targets with their current states, or the reason
 * why it does nothing.
 */
export type BulkPlan = { kind: 'do'; targets: BulkTarget[] } | { kind: 'leave'; why: Inapplicable };

/** The facts about one waiting object that decide what a command does to it. */
export type BulkFacts = {
  item: { sellerId: SellerId | null } & (
    | { kind: 'payout'; id: PayoutId; parked: PayoutPark }
    | { kind: 'seller'; id: SellerId; parked: SellerPark }
    | { kind: 'discrepancy'; parked: Cause }
    | { kind: 'hold'; parked: 'held' }
    | { kind: 'pause'; parked: typeof waitNames.sellerPaused }
    | { kind: 'stop'; parked: typeof waitNames.moneyStopped }
    | { kind: 'funding'; parked: 'platform-money-missing' }
  );
  /** Null unless the object is a payout. */
  payout: {
    status: PayoutStatus;
    cancelAsked: boolean;
    isCancelUnknown: boolean;
    needsLook: boolean;
    attempts: Partial<Record<MoneyStep, StepAttempt>>;
  } | null;
  seller: {
    status: string;
    pauses: readonly { id: SellerPauseId; reason: string; pausedBy: string }[];
  } | null;
  /** The active holds that were placed because of this discrepancy. */
  holds: readonly HoldId[];
  /** The paused bank accounts to which the waiting money would go. */
  banks: readonly { id: string; pausedAt: string }[];
};

/** A command for many objects: with the reason that it records, and the API key that gives it. */
export type BulkOrder = { command: BulkCommand; reason: string | null; by: ApiKeyId };

/**
 * Decides what a command does to one waiting object, by the rules of the command for one object.
 */
export function planBulk(order: BulkOrder, facts: BulkFacts): BulkPlan {
  const { item } = facts;
  const { command } = order;
  switch (command) {
    case 'retry':
      return planRetry(item);
    case 'cancel':
      return planBulkCancel(facts);
    case 'confirm-not-sent':
      return planConfirm(item);
    case 'release-hold': {
      // A hold that a person placed is released by itself: a filter must not let go all of them.
      if (item.kind !== 'discrepancy') return leave('not-offered');
      const holds = facts.holds.map((id) => ({ kind: 'hold' as const, id, state: 'active' }));
      return holds.length > 0 ? { kind: 'do', targets: holds } : leave('no-hold');
    }
    case 'resume-bank-account': {
      const banks = facts.banks.map(({ id, pausedAt }) => {
        return { kind: 'bank-account' as const, id, state: pausedAt };
      });
      return banks.length > 0 ? { kind: 'do', targets: banks } : leave('no-paused-bank-account');
    }
    case 'pause-seller':
      return planPause(order, facts);
    case 'resume-seller':
      return planResume(order, facts);
  }
}

/** Another open pause with another reason does not matter: pauses are a list. */
function planPause({ reason, by }: BulkOrder, { item, seller }: BulkFacts): BulkPlan {
  if (item.sellerId === null || !seller) return leave('no-seller');
  if (seller.status === 'closed') return leave('seller-closed');
  const isSame = seller.pauses.some((open) => open.pausedBy === by && open.reason === reason);
  return isSame
    ? leave('paused-already')
    : target({ kind: 'seller', id: item.sellerId, state: 'to be paused' });
}

/** A list names no pause, so it lifts the caller's own only pause, as a request without a name. */
function planResume({ by }: BulkOrder, { item, seller }: BulkFacts): BulkPlan {
  if (item.sellerId === null || !seller) return leave('no-seller');
  const plan = planLift(seller.pauses, { by });
  if (plan.kind === 'nothing-to-lift') return leave('not-paused');
  return plan.kind === 'refuse'
    ? leave('pause-not-named')
    : target({ kind: 'pause', id: plan.lifted.id, state: 'open' });
}

/**
 * Removes repeated targets: if several objects lead to the same target, only the first keeps it.
 */
export function onceEach<Planned extends { plan: BulkPlan; record: { sellerId: string | null } }>(
  all: readonly Planned[],
): Planned[] {
  const seen = new Set<string>();
  return all.map((planned) => {
    if (planned.plan.kind === 'leave') return planned;
    const name = ({ kind, id }: BulkTarget) => `${planned.record.sellerId} ${kind} ${id}`;
    const targets = planned.plan.targets.filter((one) => !seen.has(name(one)));
    for (const one of targets) seen.add(name(one));
    const plan = targets.length > 0 ? { kind: 'do' as const, targets } : leave('same-target');
    return { ...planned, plan };
  });
}

/** Sums amounts by currency. The result is sorted by currency. */
export function sumsOf(all: readonly Money[]): Money[] {
  const sums = new Map<string, Money>();
  for (const one of all) {
    const sum = sums.get(one.currency);
    sums.set(one.currency, sum ? add(sum, one) : one);
  }
  return [...sums.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

function planRetry(item: BulkFacts['item']): BulkPlan {
  if (item.kind !== 'payout' && item.kind !== 'seller') return leave('not-offered');
  if (isUnknown(item.parked)) return leave('look-first');
  if (!offers(item.parked, 'retry')) return leave('not-offered');
  const { kind, id } = item;
  return target(kind === 'payout' ? { kind, id, state: '' } : { kind, id, state: '' });
}

function planConfirm(item: BulkFacts['item']): BulkPlan {
  const isAsked = item.kind === 'payout' && isUnknown(item.parked);
  return isAsked ? target({ kind: 'payout', id: item.id, state: '' }) : leave('not-offered');
}

function planBulkCancel({ item, payout }: BulkFacts): BulkPlan {
  if (item.kind !== 'payout' || !payout) return leave('not-offered');
  if (isUnknown(item.parked)) return leave('look-first');
  if (!offers(item.parked, 'cancel')) return leave('not-offered');
  const step = stepToLookAt(payout);
  const plan = planCancel(payout, step && payout.attempts[step]);
  if (plan.kind === 'refuse') return leave(plan.why);
  if (plan.kind === 'look-up') {
    return leave(plan.why === 'look-first' ? plan.why : 'outcome-open');
  }
  return target({ kind: 'payout', id: item.id, state: payout.status });
}

function target(one: BulkTarget): BulkPlan {
  return { kind: 'do', targets: [one] };
}

function leave(why: Inapplicable): { kind: 'leave'; why: Inapplicable } {
  return { kind: 'leave', why };
}
