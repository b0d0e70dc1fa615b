/** Money with its currency, in whole minor units. */
export type Money = { amount: number; currency: string };

/** A payout as the public API shows it. */
export type Payout = {
  id: string;
  sellerId: string;
  currency: string;
  status: string;
  total: Money;
  fromPlatform: Money;
  stripeAccount: string | null;
  transferId: string | null;
  stripePayoutId: string | null;
  payday: string | null;
  orderedBy: string;
  reservedAt: string | null;
  waiting: { for: string } | null;
  parked: { reason: string } | null;
};

/** A seller as the public API shows it, with the balances and the reasons why money waits. */
export type Seller = {
  id: string;
  status: string;
  currency: string;
  stripeAccount: string | null;
  balances: { currency: string; payable: Money; places: Record<string, number> }[];
  /** The waits that `explain` returns. Absent if no money waits. */
  waits?: { for: string }[];
};

/** The sandbox's own book. */
export type Book = {
  accounts: {
    id: string;
    balances: { currency: string; available: number; pending: number }[];
    entries: { type: string; currency: string; net: number }[];
  }[];
  transfers: {
    id: string;
    amount: number;
    currency: string;
    destination: string;
    metadata: Record<string, string>;
    amountReversed: number;
    /** In seconds. */
    created: number;
  }[];
  payouts: {
    id: string;
    account: string;
    amount: number;
    currency: string;
    status: string;
    metadata: Record<string, string>;
    automatic: boolean;
    /** In seconds. */
    created: number;
  }[];
  charges: {
    id: string;
    /** The account that was charged; the platform or a seller's. */
    account: string;
    amount: number;
    currency: string;
    amountRefunded: number;
    /** The account to which the charge passes money on by itself. */
    destination: string | null;
  }[];
  totals: { balances: { side: string; currency: string; available: number }[] };
};

/** A part of an earning that names a charge, in a payout that left for the bank. */
export type PaidItem = {
  payoutId: string;
  stripeAccount: string | null;
  charge: string;
  amount: number;
  currency: string;
};

/**
 * A request for a transfer or payout that reached Stripe, in milliseconds: at Stripe's time, and at
 * the real time.
 */
export type Send = { key: string; clock: number; at: number };

/** A difference between the ledger and Stripe, as the public API shows it. */
export type Difference = {
  id: string;
  state: string;
  cause: string;
  object: string;
  sellerId: string | null;
  atStripe: { money: Money; stripeId: string | null } | null;
  openedAt: string;
  agreesSince: string | null;
  closedAt: string | null;
  outcome: string | null;
};

/** An entry of the ledger, as the public API shows it. */
export type LedgerEntry = { sellerId: string; stripeId: string | null; from: string; to: string };

/** A workflow that did not simply complete. */
export type Workflow = { id: string; type: string; status: string };

/** A period in which a server of the engine was down, in milliseconds. */
export type Outage = { from: number; to: number };

/** A command that stopped money, from the API's answer until its release, in real time. */
export type Brake = {
  what: 'cancellation' | 'hold' | 'pause' | 'stop';
  /** The payout or seller. Null: all money. */
  of: string | null;
  /** The hold, the pause or the stop. Null for a cancellation. */
  id: string | null;
  since: number;
  until: number | null;
};

/** Everything that the audit checks. All of it is read from outside the engine. */
export type Facts = {
  payouts: Payout[];
  sellers: Seller[];
  book: Book;
  /** The earnings that the platform posted and the API accepted. */
  promised: { sellerId: string; currency: string; amount: number; charge?: string }[];
  items: PaidItem[];
  sends: Send[];
  attention: { kind: string; id: string; reason: string }[];
  discrepancies: Difference[];
  /** The ledger's entries about sellers for whom a person said what money was for. */
  entries: LedgerEntry[];
  workflows: Workflow[];
  /** Requests that Stripe's own budgets rejected. */
  tooMany: { endpoint: string; at: number }[];
  /** Requests of the engine that Stripe does not know. */
  unknownCalls: { method: string; path: string; reason: string }[];
  /** Answers of 500 and above, and faults, in the API's log. */
  apiFaults: { at: number; what: string }[];
  outages: Outage[];
  brakes: Brake[];
  /** The ids of all holds, pauses and stops that the API lists as active at the end. */
  openBrakes: string[];
  /** Starts of PostgreSQL that may have lost changes, as the engine says. */
  losses: { id: string; cause: string }[];
  /** The answers to requests with API keys that were revoked during the run. */
  revokedKeys: { status: number }[];
};

/** A rule that is violated, the object, and the details. */
export type Finding = { rule: string; about: string; words: string };

/** True for a payout in its final status. */
export function isOver({ status }: { status: string }): boolean {
  return ['settled', 'failed', 'returned', 'canceled', 'skipped', 'paid-elsewhere'].includes(
    status,
  );
}

/** Groups items by name. */
export function groupBy<T>(items: readonly T[], nameOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return groups;
}

/** Adds whole numbers. */
export function sumOf<T>(items: readonly T[], amountOf: (item: T) => number): number {
  return items.reduce((sum, item) => sum + amountOf(item), 0);
}
