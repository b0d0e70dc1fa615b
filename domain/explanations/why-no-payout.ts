import { isConverted, lacksBank, pausedBank } from '../accounts/bank.ts';
import { sayAge } from '../dates.ts';
import { longestChargeDays } from '../earnings/unread-charges.ts';
import { stoppedForSeller } from '../for-seller/waits.ts';
import { moneySumsOf, type Sums } from '../headlines/sums.ts';
import { formatMoney, type Money, money } from '../money.ts';
import { sellerCommand } from '../parking/commands.ts';
import { comingPayday, type ComingPayday, outOfReachNow, stopNow } from '../paydays/coming.ts';
import { reachesThreshold } from '../paydays/schedule.ts';
import { keepsEarningWaiting } from '../reconciliation/discrepancies.ts';
import { closingsOf } from '../reconciliation/words.ts';
import type { SellerFacts } from './facts.ts';
import { type SayInstant, wait, type Waiting } from './waiting.ts';

/** Why no payout is under way although the seller could be paid. */
export function moneyWaits(facts: SellerFacts, sayInstant: SayInstant): Waiting[] {
  const { seller, balances } = facts;
  if (seller.status === 'closed') return [];
  if (balances.length === 0) {
    const reason = 'The seller has earned nothing yet';
    const since = seller.createdAt;
    return [wait('nothing-earned', 'platform', reason, 'A first earning', { since })];
  }
  return balances.flatMap(({ currency }) => {
    const sums = moneySumsOf(facts, currency);
    if (sums.belowZero < 0) {
      const below = formatMoney(money(sums.belowZero, currency));
      const reason = `The account’s balance is below zero: ${below}`;
      const lifted = 'Earnings that cover the missing amount, or a refund';
      return [
        wait('account-negative', 'platform', reason, lifted),
        ...laterWaits(facts, currency, sayInstant),
      ];
    }
    // What no route takes to the seller has a wait of its own.
    const far = outOfReachNow(facts, currency);
    const amount = sums.payable + sums.belowMinimum + sums.stopped - far;
    // Money that came back is paid automatically once the seller has another bank account, so
    // support is not told to order a payout.
    const isStuck = seller.schedule.interval === 'manual' && mayHaveComeBack(seller, currency);
    const own = [
      ...(amount > 0 && !isStuck ? [payableWait(facts, { currency, amount }, sayInstant)] : []),
      ...chargeWaits(facts, currency),
      ...laterWaits(facts, currency, sayInstant),
    ];
    const isAll = own.length === 0 && sums.tooSmall > 0 && !hasMore(sums);
    return isAll ? [tooSmallWait(money(sums.tooSmall, currency))] : own;
  });
}

/** True if money other than the rest is on its way, held or waits. */
function hasMore({ held, ordered, reserved, sent, stopped }: Sums): boolean {
  return held + ordered + reserved + sent + stopped > 0;
}

function tooSmallWait(rest: Money): Waiting {
  const reason = `${formatMoney(rest)} is too small to pay out. It is paid together with later earnings`;
  return wait('too-small', 'platform', reason, 'More earnings');
}

/** True while no bank account takes the money, and one that failed may have returned money. */
function mayHaveComeBack(
  { banks, currency: home, listsBanks }: SellerFacts['seller'],
  currency: string,
): boolean {
  if (pausedBank(banks, currency) !== undefined) return true;
  const takesNone =
    isConverted(banks, { currency, home }) || lacksBank(banks, { currency, listsBanks });
  return takesNone && banks.some((one) => one.currency === currency && one.pausedAt !== null);
}

/** Money is payable but not ordered: either the platform or the schedule must order a payout. */
function payableWait(
  facts: SellerFacts,
  payable: { currency: string; amount: number },
  sayInstant: SayInstant,
): Waiting {
  const { currency } = payable;
  const { id, schedule } = facts.seller;
  const isStopped = stopNow(facts, currency) !== null;
  const since = unorderedSince(facts, currency);
  const amount = formatMoney(money(payable.amount, currency));
  const when = `The money should be paid ${isStopped ? 'once nothing else stops it' : 'now'}`;
  const commands = [sellerCommand(id, 'payouts', when, { currency })];
  const threshold = schedule.thresholds[currency];
  const owed = `${amount} is ${isStopped ? 'owed' : 'payable'}`;
  if (reachesThreshold(schedule, payable)) {
    const reason = isStopped
      ? `${owed}, reaches the threshold and is paid when nothing stops it any more`
      : `${owed}, reaches the threshold and is paid at once`;
    return wait('threshold', 'engine', reason, 'The seller’s workflow, as soon as possible', {
      since,
      ...(isStopped && { forSeller: stoppedForSeller.paid }),
    });
  }
  if (schedule.interval !== 'manual') {
    return paydayWait(facts, { ...payable, owed, since, commands }, sayInstant);
  }
  if (threshold !== undefined) {
    const reason = `${owed}, which is less than the threshold of ${formatMoney(money(threshold, currency))}`;
    const lifted = 'More earnings, or ordering a payout';
    return wait('threshold', 'platform', reason, lifted, { since, commands });
  }
  const reason = `${owed}, but no payout is ordered${isStopped ? '. An order would wait for what stops the money now' : ''}`;
  const forSeller = isStopped && { forSeller: stoppedForSeller.unordered };
  return wait('no-payout', 'platform', reason, 'Ordering a payout', {
    since,
    commands,
    ...forSeller,
  });
}

/**
 * When the oldest money that no payout pays became payable. Null while an ordered payout takes the
 * oldest earnings, because only its reservation shows which ones are left.
 */
export function unorderedSince(
  { funds, payableSince }: Pick<SellerFacts, 'funds' | 'payableSince'>,
  currency: string,
): string | null {
  const isClaimed = funds.some((one) => one.currency === currency && one.orders.length > 0);
  return isClaimed ? null : (payableSince[currency] ?? null);
}

type OnPayday = { currency: string; amount: number; owed: string } & Pick<
  Waiting,
  'since' | 'commands'
>;

/**
 * Money that waits for a payday: why that payday does not pay it (below the minimum, after the
 * cut-off, or stopped), or when it does.
 */
function paydayWait(facts: SellerFacts, waiting: OnPayday, sayInstant: SayInstant): Waiting {
  const { currency, owed, since, commands } = waiting;
  const payday = comingPayday(facts);
  const when = payday ? sayPayday(facts, payday, sayInstant) : 'the next payday';
  const forecast = payday?.forecasts.find((one) => one.currency === currency);
  const more = { since, commands, lookAgainAt: !payday || payday.isKept ? null : payday.at };
  const lifted = 'Time, or ordering a payout earlier';
  if (forecast?.reason === 'below-minimum') {
    const then = belowMinimum(facts, waiting, sayInstant);
    const reason = `${owed}, which is less than ${then.minimum}: ${when} does not pay it. ${then.next}`;
    return wait('below-minimum', 'platform', reason, 'More earnings, or ordering a payout', more);
  }
  if (forecast === undefined || forecast.reason === 'nothing-payable') {
    const reason = `${owed}, but arrived after the cut-off of ${when}: the following payday pays it`;
    return wait('payday', 'engine', reason, lifted, more);
  }
  const reason = `${owed} and waits for ${when}`;
  if (forecast.reason === null) return wait('payday', 'engine', reason, lifted, more);
  const stopped = `${reason}, but as of now this payday does not pay it`;
  const ended = payday?.isKept
    ? 'The end of what stops the payment'
    : 'The payday, and the end of what stops the payment';
  return wait('payday', 'engine', stopped, ended, {
    since,
    forSeller: payday?.isKept ? stoppedForSeller.paid : stoppedForSeller.payday,
    lookAgainAt: more.lookAgainAt,
  });
}

/** The earnings whose charge only a person can decide about. */
function askedOf({ upcoming }: SellerFacts, currency: string): SellerFacts['upcoming'] {
  return upcoming.filter((one) => one.asksPerson && one.currency === currency);
}

/** Earnings whose charge Stripe does not have, or has not cleared for too long. */
function chargeWaits(facts: SellerFacts, currency: string): Waiting[] {
  const waiting = askedOf(facts, currency);
  const asked = total(waiting, waiting.length - 1);
  if (asked === 0) return [];
  const told = facts.differences
    .filter((one) => keepsEarningWaiting(one) && one.ledgerCurrency === currency)
    .toReversed();
  const amount = formatMoney(money(asked, currency));
  const reason = `${amount} is earned, but not payable: Stripe does not have the charge, or has not shown for too long whether the charge brings money`;
  const lifted = 'Correcting the charge of the earning, or withdrawing the earning';
  const commands = told.slice(0, mostCommanded).flatMap(closingsOf);
  const since = waiting[0]?.since ?? null;
  return [wait('charge-unknown', 'operator', reason, lifted, { since, commands })];
}

/** The maximum number of earnings whose requests one wait lists. `/v1/attention` has them all. */
const mostCommanded = 3;

function sayPayday(
  { now, seller }: SellerFacts,
  { at, isKept }: ComingPayday,
  sayInstant: SayInstant,
): string {
  const said = `the payday of ${sayInstant(at, seller.schedule.timeZone)}`;
  return isKept ? `${said}, which passed ${sayAge(at, now)} ago and is made up for` : said;
}

/** The minimum, and which earnings reach it when. If none do, how much is missing. */
function belowMinimum(
  { seller, upcoming }: SellerFacts,
  { currency, amount }: OnPayday,
  sayInstant: SayInstant,
): { minimum: string; next: string } {
  const say = (minor: number): string => formatMoney(money(minor, currency));
  const { minimums, timeZone } = seller.schedule;
  const minimum = minimums[currency] ?? 0;
  const coming = upcoming.filter((one) => one.currency === currency && one.paydayAt !== null);
  const enough = coming.findIndex((_, index) => amount + total(coming, index) >= minimum);
  const paydayAt = coming[enough]?.paydayAt;
  const next = paydayAt
    ? `${say(total(coming, enough))} becomes payable before the payday of ${sayInstant(paydayAt, timeZone)}, which would pay ${say(amount + total(coming, enough))}`
    : `${say(minimum - amount - total(coming, coming.length - 1))} more must be earned`;
  return { minimum: `the minimum of ${say(minimum)}`, next };
}

function total(coming: SellerFacts['upcoming'], last: number): number {
  return coming.slice(0, last + 1).reduce((sum, { amount }) => sum + amount, 0);
}

/** Money that is earned but not payable yet, and from when it is. */
function laterWaits(facts: SellerFacts, currency: string, sayInstant: SayInstant): Waiting[] {
  const sayDay = (at: string): string => sayInstant(at, facts.seller.schedule.timeZone, 'day');
  const asked = askedOf(facts, currency);
  const { notYetAvailable } = moneySumsOf(facts, currency);
  const later = notYetAvailable - total(asked, asked.length - 1);
  if (later <= 0) return [];
  const amount = formatMoney(money(later, currency));
  const coming = facts.upcoming.filter((one) => one.currency === currency && !one.asksPerson);
  const at = coming[0]?.at ?? null;
  const last = coming.at(-1)?.at ?? null;
  const reason = `${amount} is earned, but not payable yet${sayUntil(at && sayDay(at), last && sayDay(last))}`;
  const lifted = at
    ? 'Time'
    : `The charge, once it shows when the money is available. After ${longestChargeDays} days, a person is asked`;
  const since = coming[0]?.since ?? null;
  return [wait('not-yet-available', 'engine', reason, lifted, { since, lookAgainAt: at })];
}

/** When money becomes payable: on one day, or part by part. */
function sayUntil(first: string | null, last: string | null): string {
  if (first === null) return ': its charge does not show yet when the money is available';
  if (first === last) return `. It becomes payable on ${first}`;
  const until = last === null ? 'the rest without a date yet' : `the last on ${last}`;
  return `. The first part becomes payable on ${first}, ${until}`;
}
