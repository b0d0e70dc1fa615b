import { heldOf, outOfReachOf } from './funds.ts';
import type { Currency } from './money.ts';
import { parkNames, type ParkReason } from './parking/reasons.ts';
import {
  type ExpectedFunds,
  type Forecast,
  forecastPayday,
  type NotPaidReason,
  type Payee,
  stopOfOrders,
} from './paydays/forecast.ts';
import {
  claimsOf,
  type Claims,
  noClaims,
  type OpenOrder,
  planPayday,
  withoutClaims,
} from './paydays/plan.ts';
import { reachesThreshold } from './paydays/schedule.ts';
import { stopOfSeller } from './payouts/reservation.ts';
import { type SendingFacts, stopBeforeSending } from './payouts/sending.ts';
import { waitNames } from './waits.ts';

/**
 * Why money is due: a payout reserved it and has not transferred it yet (`set-aside`), a payout is
 * ordered, a payday comes, or the payable amount reaches a threshold.
 */
export type DueKind = (typeof dueKinds)[number];
export const dueKinds = ['set-aside', 'ordered', 'payday', 'threshold'] as const;

/**
 * The known funds of one seller: now, at the cut-off of the payday, and at the end of the period.
 */
export type SellerFunding = {
  payee: Payee;
  /** Ordered payouts that have reserved nothing yet. */
  orders: (OpenOrder & { currency: Currency })[];
  now: FundsAt;
  /** The last payday before the end of the period. */
  payday: FundsAt | null;
  end: FundsAt;
};

/** The funds at an instant, computed from what is known now. */
export type FundsAt = { at: string; funds: KnownFunds[] };
/** The funds of one currency, with the state of the bank account that receives them. */
export type KnownFunds = Omit<ExpectedFunds, 'ordered'> & {
  /** What came to the account without an order and is not counted as paid. Minor units. */
  cameUnordered: number;
};

/**
 * Why money is not due. `not-ordered`: nobody ordered it, no schedule will order it, and nothing
 * would stop an order. A reason to park: the payout that reserved the money is parked.
 */
export type NotDueReason = NotPaidReason | 'not-ordered' | UnsentPark;

/** Why a payout is parked whose transfer Stripe certainly has not made. */
type UnsentPark = Exclude<ParkReason, typeof parkNames.outcomeUnknown>;

/** The money that one seller is due in one currency until the end of the period. Minor units. */
export type Need = {
  kind: DueKind;
  currency: Currency;
  /** What the platform's balance must provide. */
  fromPlatform: number;
  /** The part that is already at the seller's account. */
  fromAccount: number;
  /** Why the money is not due. Null if it is due. */
  reason: NotDueReason | null;
  /** The amount that is due, or would be due without the reason. */
  amount: number;
  /** The instant of the payday. Null if the money is not due on a payday. */
  at: string | null;
};

/**
 * Computes the money that is due to a seller. Ordered payouts come first, then reached thresholds,
 * then the payday. Money that reaches its threshold does not count on the payday as well. What
 * holds withhold is not due. The result omits amounts of 0.
 */
export function needsOf({ payee, orders, now, payday, end }: SellerFunding): Need[] {
  const ordered = new Map<Currency, Claims>();
  for (const funds of now.funds) {
    const own = orders.filter(({ currency }) => currency === funds.currency);
    ordered.set(funds.currency, claimsOf(own, funds));
  }
  const claimed = ({ currency }: KnownFunds): Claims => ordered.get(currency) ?? noClaims;
  const anyAmount = { ...payee, schedule: { ...payee.schedule, minimums: {} } };
  const reached = end.funds
    .map((funds) => needsAt('threshold', anyAmount, { ...funds, ordered: claimed(funds) }, end.at))
    .filter(([one]) => one !== undefined && reachesThreshold(payee.schedule, one))
    .flat();
  const isReached = ({ currency }: KnownFunds): boolean =>
    reached.some((one) => one.currency === currency);
  const due = (payday?.funds ?? [])
    .filter((funds) => !isReached(funds))
    .flatMap((funds) => {
      const at = payday?.at ?? end.at;
      const needs = needsAt('payday', payee, { ...funds, ordered: claimed(funds) }, at);
      return needs.map((one) => ({ ...one, at }));
    });
  const first = now.funds.flatMap((funds) => {
    const all = forecastPayday(anyAmount, { ...funds, ordered: noClaims }, now.at);
    return orderedNeeds(needOf('ordered', all), claimed(funds));
  });
  const isManual = payee.schedule.interval === 'manual';
  // An order for everything that holds cover claims nothing, so no other part names its money.
  const isLeft = (funds: KnownFunds): boolean =>
    isManual || (payday === null && claimed(funds).isHeld);
  const unordered = now.funds
    .filter((funds) => isLeft(funds) && !isReached(funds))
    .flatMap((funds) => unorderedNeeds(payee, { ...funds, ordered: claimed(funds) }, now.at));
  return [...first, ...reached, ...due, ...unordered].filter(({ amount }) => amount > 0);
}

/** The known funds, with what ordered payouts claim of them. */
type OwnFunds = KnownFunds & Pick<ExpectedFunds, 'ordered'>;

function needOf(kind: DueKind, forecast: Forecast): Need {
  const { currency, pays, fromPlatform, reason, wouldPay } = forecast;
  const fromAccount = pays - fromPlatform;
  return { kind, currency, fromPlatform, fromAccount, reason, amount: wouldPay, at: null };
}

/** The owed part of what holds withhold: money that came without an order is not owed. */
function owedOf(held: number, { cameUnordered }: KnownFunds): number {
  return Math.max(0, held - cameUnordered);
}

/** What is due at this instant, and beside it what has no route and what holds withhold. */
function needsAt(kind: DueKind, payee: Payee, funds: OwnFunds, at: string): Need[] {
  const forecast = forecastPayday(payee, funds, at);
  const { currency, held, pays, leaves, wouldPay, outOfReach } = forecast;
  const stopped = stopOfSeller(payee);
  const main = needOf(kind, forecast);
  const isPayable = pays + leaves > outOfReach;
  // If nothing is payable, the need itself contains what is held, or else what has no route.
  if (!isPayable && held === 0 && outOfReach > 0) return [main];
  const far = notDue(currency, outOfReach, stopped ?? waitNames.noRoute);
  if (!isPayable) return [{ ...main, amount: owedOf(wouldPay, funds) }, far];
  return [main, far, notDue(currency, owedOf(held, funds), stopped ?? 'on-hold')];
}

/** The money that nobody ordered and no schedule orders, and what holds withhold. */
function unorderedNeeds(payee: Payee, funds: OwnFunds, at: string): Need[] {
  const { currency, ordered } = funds;
  const anyAmount = { minimums: {} };
  const { amount, reason } = planPayday(anyAmount, funds, { ...ordered, isOfAll: false });
  const stopped = stopOfSeller(payee);
  const why = stopped ?? reason ?? stopOfOrders(funds, at) ?? 'not-ordered';
  if (reason === waitNames.noRoute) return [notDue(currency, amount, why)];
  const rest = withoutClaims(funds, ordered);
  const far = notDue(currency, outOfReachOf(rest), stopped ?? waitNames.noRoute);
  // If nothing is payable, the amount itself is what is withheld.
  if (reason !== null) return [notDue(currency, owedOf(amount, funds), why), far];
  const held = notDue(currency, owedOf(heldOf(rest), funds), stopped ?? 'on-hold');
  return [notDue(currency, amount, why), far, held];
}

function notDue(currency: Currency, amount: number, reason: NotDueReason): Need {
  const none = { fromPlatform: 0, fromAccount: 0, at: null };
  return { kind: 'ordered', currency, reason, amount, ...none };
}

/**
 * Limits a need to the ordered amount. Money at the account is used first. What waits for a hold is
 * not due.
 */
function orderedNeeds(all: Need, { amount, waiting }: Claims): Need[] {
  if (all.reason !== null) return [{ ...all, amount }];
  const due = amount - waiting;
  const fromAccount = Math.min(due, all.fromAccount);
  const taken = { ...all, amount: due, fromAccount, fromPlatform: due - fromAccount };
  return [taken, notDue(all.currency, waiting, 'on-hold')];
}

/** The money due in one currency, summed over all sellers. Minor units. */
export type CurrencyDue = {
  /** What the platform's balance must provide. */
  fromPlatform: number;
  fromAccounts: number;
  parts: Record<DueKind, { payouts: number; amount: number }>;
  /** The instants of the first and the last payday. Null if there is none. */
  firstPaydayAt: string | null;
  lastPaydayAt: string | null;
  notDue: Partial<Record<NotDueReason, { payouts: number; amount: number }>>;
};

/** Adds one page of needs to the sums in `due`, so that only one page of sellers is in memory. */
export function addNeeds(due: Map<Currency, CurrencyDue>, needs: readonly Need[]): void {
  for (const one of needs) {
    const sum = due.get(one.currency) ?? nothingDue();
    due.set(one.currency, sum);
    if (one.reason !== null) {
      sum.notDue[one.reason] = counted(sum.notDue[one.reason], one.amount);
      continue;
    }
    sum.fromPlatform += one.fromPlatform;
    sum.fromAccounts += one.fromAccount;
    sum.parts[one.kind] = counted(sum.parts[one.kind], one.amount);
    if (one.at === null) continue;
    if (sum.firstPaydayAt === null || one.at < sum.firstPaydayAt) sum.firstPaydayAt = one.at;
    if (sum.lastPaydayAt === null || one.at > sum.lastPaydayAt) sum.lastPaydayAt = one.at;
  }
}

/** Money that payouts have reserved at the platform, summed over payouts with the same facts. */
export type SetAside = {
  currency: Currency;
  payouts: number;
  amount: number;
  /** True if Stripe may have made the transfers: only Stripe's answer shows whether it did. */
  mayBeMade: boolean;
  parked: ParkReason | null;
  isSellerPaused: boolean;
  facts: SendingFacts;
};

/** Adds to the sums in `due` the money that payouts have reserved at the platform. */
export function addSetAside(due: Map<Currency, CurrencyDue>, all: readonly SetAside[]): void {
  for (const one of all) {
    const { currency } = one;
    const sum = due.get(currency) ?? nothingDue();
    due.set(currency, sum);
    const reason = notSentReason(one);
    if (reason !== null) {
      sum.notDue[reason] = counted(sum.notDue[reason], one.amount, one.payouts);
      continue;
    }
    sum.fromPlatform += one.amount;
    sum.parts['set-aside'] = counted(sum.parts['set-aside'], one.amount, one.payouts);
  }
}

/**
 * Why the transfer of reserved money is not sent, so that the platform need not provide the money.
 * Null if it is sent, or if only a look at Stripe can show whether it was: the transfer may then be
 * sent again. A parked payout does not continue when the platform provides money. That the engine
 * must first set the account to manual payouts is no reason.
 */
function notSentReason(of: SetAside): NotDueReason | null {
  const { mayBeMade, parked, isSellerPaused, facts } = of;
  if (mayBeMade || parked === parkNames.outcomeUnknown) return null;
  if (parked !== null) return parked;
  if (isSellerPaused) return waitNames.sellerPaused;
  const stop = stopBeforeSending(facts, 'transfer');
  switch (stop?.reason) {
    case waitNames.capability:
      return waitNames.sellerNotActive;
    case waitNames.bankDetails:
    case waitNames.noRoute:
    case waitNames.unorderedMoney:
      return stop.reason;
    default:
      return null;
  }
}

/** The sums of a currency to which nothing has been added. */
export function nothingDue(): CurrencyDue {
  const none = { payouts: 0, amount: 0 };
  return {
    fromPlatform: 0,
    fromAccounts: 0,
    parts: { 'set-aside': none, ordered: none, payday: none, threshold: none },
    firstPaydayAt: null,
    lastPaydayAt: null,
    notDue: {},
  };
}

/**
 * Computes how much money the platform's balance lacks: at least, if all pending money at Stripe
 * arrives in time, and at most, if none of it does. Stripe does not report when pending money
 * arrives.
 */
export function missingOf(
  due: number,
  { available, pending }: { available: number; pending: number },
): { atLeast: number; atMost: number } {
  const worst = available + Math.min(0, pending);
  const best = available + Math.max(0, pending);
  return { atLeast: Math.max(0, due - best), atMost: Math.max(0, due - worst) };
}

function counted(
  sum: { payouts: number; amount: number } | undefined,
  amount: number,
  payouts = 1,
) {
  return { payouts: (sum?.payouts ?? 0) + payouts, amount: (sum?.amount ?? 0) + amount };
}
