import { type Currency, formatMoney, money } from '../money.ts';
import { type ParkReason, parkNames } from '../parking/reasons.ts';
import { stopNow } from '../paydays/coming.ts';
import { isInFlight, type PayoutStatus } from '../payouts/states.ts';
import { type WaitReason, waitNames } from '../waits.ts';
import { type MoneyPart, moneyParts, type SumFacts, type Sums, moneySumsOf } from './sums.ts';

/** The facts of an open payout that say what its money waits for. */
export type OpenPayoutFacts = {
  currency: Currency;
  status: PayoutStatus;
  parked: ParkReason | null;
  waitingFor: WaitReason | null;
};

/** The facts that a seller's headline needs. */
export type HeadlineFacts = SumFacts & { openPayouts: readonly OpenPayoutFacts[] };

/**
 * Says where a seller's money is in one currency and whether it moves, one text for each of these
 * parts that is not empty. The texts follow from the same sums as the API's answer.
 */
export function sayMoney(
  facts: HeadlineFacts,
  currency: Currency,
  parts: readonly MoneyPart[] = moneyParts,
): string[] {
  const sums = moneySumsOf(facts, currency);
  const texts = textsOf(facts, currency, sums);
  return parts.flatMap((part) => (sums[part] === 0 ? [] : [texts[part]]));
}

function textsOf(facts: HeadlineFacts, currency: Currency, sums: Sums): Record<MoneyPart, string> {
  const say = (amount: number): string => formatMoney(money(Math.abs(amount), currency));
  const minimum = facts.seller.schedule.minimums[currency] ?? 0;
  const isBehind = stopNow(facts, currency) === waitNames.anotherPayout;
  // Money that came is also in the other sums, and is not owed: its sum is negative.
  const moved = sums.movedByOthers > 0 ? 'that left' : 'came';
  const ofAll = sums.movedByOthers > 0 ? '' : 'of all this ';
  return {
    payable: `${say(sums.payable)} payable now`,
    belowMinimum: `${say(sums.belowMinimum)} below the schedule’s minimum of ${say(minimum)}`,
    stopped: isBehind
      ? `${say(sums.stopped)} behind another payout`
      : `${say(sums.stopped)} that cannot be paid now`,
    ordered: `${say(sums.ordered)} ordered, in payouts that have not started`,
    held: `${say(sums.held)} held`,
    reserved: `${say(sums.reserved)} ${sayReserved(facts.openPayouts, currency)}`,
    sent: `${say(sums.sent)} accepted by Stripe, not at the bank yet`,
    notYetAvailable: `${say(sums.notYetAvailable)} payable later`,
    tooSmall: `${say(sums.tooSmall)} too small to pay out`,
    belowZero: `the account ${say(sums.belowZero)} below zero`,
    movedByOthers: `${ofAll}${say(sums.movedByOthers)} ${moved} without an order from the engine`,
    paid: `${say(sums.paid)} paid`,
  };
}

/** What the reserved money waits for. A seller has one payout in flight for each currency. */
function sayReserved(payouts: readonly OpenPayoutFacts[], currency: Currency): string {
  const own = payouts.find((one) => one.currency === currency && isInFlight(one.status));
  return own === undefined ? 'reserved for a payout' : `in a payout that ${sayInFlight(own)}`;
}

/** Says whether a payout in flight moves. */
export function sayInFlight({
  parked,
  waitingFor,
}: Pick<OpenPayoutFacts, 'parked' | 'waitingFor'>): string {
  if (parked === parkNames.refused) return 'Stripe refused';
  if (parked === parkNames.outcomeUnknown) return 'may or may not have been sent';
  if (parked !== null) return 'waits for a person';
  if (waitingFor === waitNames.platformBalance) return 'waits for the platform’s balance';
  return waitingFor === null ? 'is being sent' : 'waits';
}
