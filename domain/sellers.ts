import { firstExpiry, holdsAmong, isPaused, type Stop } from './holds.ts';
import type {
  DiscrepancyId,
  EarningId,
  HoldId,
  PayoutId,
  SellerId,
  StripeAccountId,
} from './ids.ts';
import {
  because,
  command,
  payoutCommand,
  type Resolving,
  sellerCommand,
} from './parking/commands.ts';
import { parkNames, type SellerParkReason } from './parking/reasons.ts';
import { endsOfHold } from './reconciliation/words.ts';
import type { WakeTopic } from './wake-ups.ts';

/** A seller's status. Only an `active` seller is paid. A `closed` seller must first be reopened. */
export type SellerStatus = (typeof sellerStatuses)[number];
export const sellerStatuses = ['onboarding', 'active', 'restricted', 'closed'] as const;

/** A seller's row, read at `now` (business time, as are all its instants). No personal data. */
export type Seller = {
  sellerId: SellerId;
  status: SellerStatus;
  country: string;
  currency: string;
  stripeAccount: StripeAccountId | null;
  /** True once the account was read from Stripe. */
  accountKnown: boolean;
  canReceiveTransfers: boolean;
  canPayOut: boolean;
  /** True once the account's payout schedule at Stripe was set to manual and read back. */
  payoutsAreManual: boolean;
  /** The number of requirements that Stripe asks for now. */
  requirementsDue: number;
  /**
   * True if customers' payments arrive directly at the account and its balance transactions were
   * not read within `booksFreshMinutes`.
   */
  movementsDue: boolean;
  /** Requested payouts that may start now: one for each currency without a payout in flight. */
  startablePayouts: PayoutId[];
  /** The oldest payouts that are ordered and not yet at the bank. Absent in old histories. */
  payoutsUnderWay?: PayoutId[];
  /**
   * When the next payday must be opened. Null without a schedule, or while the seller has no money
   * to pay. Absent in old histories.
   */
  paydayAt?: string | null;
  /** The pause and the active holds, sorted by expiry. Absent in old histories. */
  stops?: Stop[];
  lookAgainAt: string | null;
  parked: SellerParkReason | null;
  /** Code and request id of Stripe's error, if the seller is parked for it. Absent in old histories. */
  lastError?: string | null;
  /**
   * What the Temporal UI shows while the seller waits: ids, codes and amounts, no free text. Absent
   * in old histories, and if the seller is not about to wait.
   */
  details?: string;
  /** True if the details say that an operator must act. Absent where they are. */
  needsOperator?: boolean;
  now: string;
};

/** The next step of the seller's workflow. */
export type SellerStep =
  | {
      kind:
        'create-account' | 'read-account' | 'read-movements' | 'set-manual-payouts' | 'open-payday';
    }
  | { kind: 'start-payout'; payoutId: PayoutId }
  | { kind: 'wait'; until: string | null }
  | { kind: 'over' };

/**
 * Minutes for which an account's books count as read. Before a payout or a payday of a seller with
 * income at the account, older books are read again.
 */
export const booksFreshMinutes = 1;

/** Decides the next step of a seller's workflow from the row and the topics of the wake-ups. */
export function nextSellerStep(seller: Seller, topics: ReadonlySet<WakeTopic>): SellerStep {
  if (seller.status === 'closed') {
    // A closed seller's workflow starts again only to book money that came back.
    const cameBack = topics.has('reopened') && topics.has('money');
    return { kind: cameBack && seller.stripeAccount ? 'read-movements' : 'over' };
  }
  if (seller.parked) return { kind: 'wait', until: null };
  if (!seller.stripeAccount) return { kind: 'create-account' };
  if (!seller.accountKnown || topics.has('account') || isDue(seller)) {
    return { kind: 'read-account' };
  }
  if (seller.canPayOut && !seller.payoutsAreManual) return { kind: 'set-manual-payouts' };
  const [payoutId] = seller.startablePayouts;
  const mayStart = seller.status === 'active' && !isPaused(seller.stops);
  const paydayAt = openedPayday(seller);
  const isPayday = paydayAt !== null && paydayAt <= seller.now;
  if (topics.has('money') || ((payoutId || isPayday) && seller.movementsDue)) {
    return { kind: 'read-movements' };
  }
  if (mayStart && payoutId) return { kind: 'start-payout', payoutId };
  if (isPayday) return { kind: 'open-payday' };
  const lookAgainAt = earlier(seller.lookAgainAt, firstExpiry(holdsAmong(seller.stops)));
  return { kind: 'wait', until: earlier(lookAgainAt, paydayAt) };
}

/**
 * The payday that the seller's workflow opens at its time. Null while something about the seller
 * keeps paydays from being opened: the payday then passes and is made up for later.
 */
export function openedPayday({ status, stops, parked, paydayAt = null }: Seller): string | null {
  return status === 'active' && !isPaused(stops) && parked === null ? paydayAt : null;
}

/** Money that comes to the account of a closed seller: the bank returned it, or it is new. */
export type LateMoney = typeof parkNames.returnedAfterClose | typeof parkNames.moneyAfterClose;

/**
 * Why a seller needs a person after money came to the account: nobody pays a closed seller, so a
 * person must reopen the seller or leave the seller closed. Null if the seller is not closed, or
 * waits for a person already. The SQL `parkedForMoney` in db/schema/statuses.ts repeats this rule.
 */
export function parksForMoney(
  { status, parked }: Pick<Seller, 'status' | 'parked'>,
  money: LateMoney,
): LateMoney | null {
  return status === 'closed' && parked === null ? money : null;
}

/** What a seller has open: each list keeps the seller from being closed until it is empty. */
export type OpenThings = {
  /** Money that is not settled (`settledPlaces` in domain/ledger.ts), by place and currency. */
  money: { place: string; currency: string; amount: number }[];
  /** Payouts that the bank does not have yet. */
  payouts: PayoutId[];
  /** Paid payouts that are watched for a late return. */
  watches: PayoutId[];
  /** Holds that are neither released nor expired. */
  holds: HoldId[];
  /** Those of the holds that cannot be released before a discrepancy is closed. */
  keptHolds: { id: HoldId; keptBy: DiscrepancyId }[];
  /** The oldest earnings that the platform owes and that no payout contains. */
  earnings: EarningId[];
};

/** How many open things there are of each kind, because the lists name only the first. */
export type OpenCounts = Record<Exclude<keyof OpenThings, 'money' | 'keptHolds'>, number>;

/** The maximum number of open things of each kind that are named. */
export const mostOpenThings = 20;

/** The requests that end what keeps a seller from being closed, for operators. */
export function endsOf(sellerId: SellerId, open: OpenThings): Resolving[] {
  const pays = open.money.some(({ place, amount }) => isPayablePlace(place) && amount > 0);
  return [
    ...(pays ? [sellerCommand(sellerId, 'payouts', 'The money should be paid now')] : []),
    ...open.earnings.map((id) =>
      command(`earnings/${id}/withdraw`, 'The platform does not owe the earning', because),
    ),
    ...open.payouts.map((id) => payoutCommand(id, 'cancel', 'The payout should not be paid')),
    ...open.holds.flatMap((id) => {
      const kept = open.keptHolds.find((one) => one.id === id);
      return kept === undefined
        ? [command(`holds/${id}/release`, 'The hold is over', because)]
        : endsOfHold({ ...kept, sellerId });
    }),
  ];
}

function isPayablePlace(place: string): boolean {
  return place === 'platform' || place === 'account';
}

/**
 * True if nothing keeps the seller from being closed. Open earnings are not asked: they are part of
 * the money, or somebody else has paid them.
 */
export function mayClose({ money, payouts, watches, holds }: OpenThings): boolean {
  return [money, payouts, watches, holds].every(({ length }) => length === 0);
}

/**
 * The status of a seller that results from the account's capabilities and payout schedule. The SQL
 * of `recordPayoutsManual` repeats this rule.
 */
export function statusOf(facts: {
  status: SellerStatus;
  canReceiveTransfers: boolean;
  canPayOut: boolean;
  payoutsAreManual: boolean;
}): SellerStatus {
  if (facts.status === 'closed') return 'closed';
  if (facts.canReceiveTransfers && facts.canPayOut && facts.payoutsAreManual) return 'active';
  return facts.status === 'onboarding' ? 'onboarding' : 'restricted';
}

function earlier(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}

function isDue({ lookAgainAt, now }: Seller): boolean {
  return lookAgainAt !== null && lookAgainAt <= now;
}
