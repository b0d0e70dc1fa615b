import { minor, type Currency } from '../money.ts';
import type { Place } from '../ledger.ts';
import {
  belowZeroNow,
  heldNow,
  outOfReachNow,
  payableNow,
  type PaydayFacts,
  stopNow,
  unorderedNow,
} from '../paydays/coming.ts';
import { reachesThreshold } from '../paydays/schedule.ts';

/** The parts into which a seller's money in one currency is divided. Each amount is in one part. */
export const moneyParts = [
  'payable',
  'belowMinimum',
  'stopped',
  'ordered',
  'held',
  'reserved',
  'sent',
  'notYetAvailable',
  'tooSmall',
  'belowZero',
  'movedByOthers',
  'paid',
] as const;
export type MoneyPart = (typeof moneyParts)[number];

/** The parts that change while a payout goes on. */
export const partsInPayouts: readonly MoneyPart[] = ['ordered', 'reserved', 'sent', 'paid'];

/**
 * A seller's money in one currency, in minor units. The parts add up to `earned`: everything that
 * was ever owed. Only `belowZero` and `movedByOthers` can be negative.
 */
export type Sums = Record<'earned' | MoneyPart, number>;

/** The facts that decide what a seller's money waits for. */
export type SumFacts = PaydayFacts & {
  balances: readonly {
    currency: Currency;
    places: Record<Place, number>;
    notYetAvailable: number;
  }[];
};

/** Divides a seller's money in one currency into parts. Every headline follows from these sums. */
export function moneySumsOf(facts: SumFacts, currency: Currency): Sums {
  const balance = facts.balances.find((one) => one.currency === currency);
  const at = (place: Place): number => balance?.places[place] ?? 0;
  const payable = payableNow(facts, currency);
  const unordered = minor(Math.max(0, unorderedNow(facts, currency)));
  const held = heldNow(facts, currency);
  const outOfReach = outOfReachNow(facts, currency);
  const belowZero = belowZeroNow(facts, currency);
  const later = balance?.notYetAvailable ?? 0;
  // What is neither payable nor held nor without a route nor expected: a rest below what Stripe can move. While the
  // account is below zero, nothing is payable, so that this is the money at the platform.
  const left = at('platform') + at('account') - belowZero - payable - held - outOfReach - later;
  const rest = Math.max(0, left);
  const kind = kindOf(facts, { currency, amount: unordered });
  return {
    earned: whole(-at('owed')),
    payable: kind === 'payable' ? unordered : 0,
    belowMinimum: kind === 'belowMinimum' ? unordered : 0,
    stopped: (kind === 'stopped' ? unordered : 0) + (belowZero < 0 ? rest : 0) + outOfReach,
    ordered: payable - unordered,
    held,
    reserved: at('platform-reserved') + at('account-reserved'),
    sent: at('in-transit'),
    // If somebody moved money that is not available yet, less is expected than was earned.
    notYetAvailable: later + Math.min(0, left),
    tooSmall: belowZero < 0 ? 0 : rest,
    belowZero,
    movedByOthers: at('foreign'),
    paid: at('bank'),
  };
}

/** Turns -0 into 0. */
function whole(amount: number): number {
  return amount === 0 ? 0 : amount;
}

/** Whether money that no payout claims can be paid now, by an order or by the next payday. */
function kindOf(
  facts: SumFacts,
  unordered: { currency: Currency; amount: number },
): 'payable' | 'belowMinimum' | 'stopped' {
  if (stopNow(facts, unordered.currency) !== null) return 'stopped';
  const { schedule } = facts.seller;
  if (schedule.interval === 'manual' || reachesThreshold(schedule, unordered)) return 'payable';
  const minimum = schedule.minimums[unordered.currency] ?? 0;
  return unordered.amount < minimum ? 'belowMinimum' : 'payable';
}
