import { heldOf, payableOf } from '../funds.ts';
import { type HoldRecord, sayKept, withoutHold } from '../holds.ts';
import type { PayoutId } from '../ids.ts';
import { formatMoney, type Money, money } from '../money.ts';
import { payableNow, stopNow } from '../paydays/coming.ts';
import { decideReservation } from '../payouts/reservation.ts';
import { waitNames } from '../waits.ts';
import type { SellerFacts } from './facts.ts';
import { explainSeller, type SellerExplanation } from './seller.ts';
import type { SayInstant } from './waiting.ts';

/** The explanation of a seller as if one hold were released. */
export type ReleasePreview = Pick<
  SellerExplanation,
  'asOf' | 'summary' | 'waits' | 'payday' | 'next'
> & {
  money: {
    payable: Money;
    payableThen: Money;
    /** Neither payable nor held now, because something else stops it. */
    stopped: Money;
    stoppedThen: Money;
    /** Held by other holds, and by this one while it cannot be released. */
    stillHeld: Money;
  }[];
  /** Payouts that wait for the hold and would continue, and what they would carry. */
  goesOn: { payoutId: PayoutId; money: Money }[];
};

type Payout = SellerFacts['openPayouts'][number];

/**
 * Explains what releasing this hold would change, next to the current state. While a discrepancy
 * keeps the hold from being released, nothing changes.
 */
export function previewRelease(
  facts: SellerFacts,
  hold: HoldRecord,
  sayInstant: SayInstant,
): ReleasePreview {
  const { keptBy } = hold;
  const then = keptBy === null ? afterRelease(facts, hold) : facts;
  const { asOf, waits, next, payday } = explainSeller(then, sayInstant);
  const sums = moneyOf(facts, then, hold);
  const goesOn = facts.openPayouts.flatMap((payout) => {
    const carried = payout.waitingFor === waitNames.hold ? carriedBy(then, payout) : undefined;
    return carried ? [{ payoutId: payout.id, money: carried }] : [];
  });
  const timeZone = then.seller.schedule.timeZone;
  const paid = payday?.money.filter(({ pays }) => pays.amount > 0).map(({ pays }) => say(pays));
  // The summary already names the payday, and a hold of a payout is one of the seller's holds.
  const stays = waits.filter((one) => one.for !== 'payday' && one.payoutId === null);
  const summary = [
    keptBy === null ? sentenceOf(sums) : sayKept(keptBy),
    ...goesOn.map((one) => `Payout ${one.payoutId} continues with ${say(one.money)}`),
    ...(payday && paid && paid.length > 0
      ? [`${paid.join(', ')} is paid at the payday of ${sayInstant(payday.at, timeZone)}`]
      : []),
    ...stays.map(({ reason }) => (keptBy === null ? `After the release: ${reason}` : reason)),
  ].join('. ');
  return { asOf, summary, money: sums, goesOn, waits, payday, next };
}

/** The same facts without the hold. Payouts that wait for the hold are decided again. */
function afterRelease(facts: SellerFacts, hold: HoldRecord): SellerFacts {
  const release = <Funds extends SellerFacts['funds'][number]>(all: Funds[]): Funds[] =>
    all.map((funds) => ({ ...funds, holds: withoutHold(funds.holds, hold) }));
  const then = {
    ...facts,
    funds: release(facts.funds),
    paydays: facts.paydays.map((payday) => ({ ...payday, funds: release(payday.funds) })),
    seller: { ...facts.seller, holds: facts.seller.holds.filter(({ id }) => id !== hold.id) },
  };
  return { ...then, openPayouts: then.openPayouts.map((payout) => askAgain(then, payout)) };
}

function askAgain(then: SellerFacts, payout: Payout): Payout {
  if (payout.waitingFor !== waitNames.hold) return payout;
  const decision = decisionOf(then, payout);
  if (decision.kind !== 'wait') return { ...payout, waitingFor: null, lookAgainAt: null };
  const { reason: waitingFor, until } = decision;
  return { ...payout, waitingFor, lookAgainAt: until ?? payout.lookAgainAt };
}

/** What the reservation would decide now. */
function decisionOf(then: SellerFacts, { currency, requestedAmount }: Payout) {
  const { seller, now } = then;
  const own = then.funds.find((one) => one.currency === currency) ?? { ...noFunds, currency };
  const readiness = { ...own, isPaused: seller.pauses.length > 0, status: seller.status };
  return decideReservation(readiness, { ...own, requestedAmount }, now);
}

/** The funds of a currency in which nothing was ever earned. */
const noFunds = {
  atPlatform: 0,
  atAccount: 0,
  notYetAvailable: 0,
  holds: [],
  isBusy: false,
  isUnread: false,
  unordered: null,
  isBankPaused: false,
  isConverted: false,
  lacksBank: false,
  coolsUntil: null,
};

function carriedBy(then: SellerFacts, payout: Payout): Money | undefined {
  const decision = decisionOf(then, payout);
  if (decision.kind !== 'reserve') return undefined;
  return money(decision.fromPlatform + decision.fromAccount, payout.currency);
}

function moneyOf(facts: SellerFacts, then: SellerFacts, hold: HoldRecord): ReleasePreview['money'] {
  return then.funds
    .filter(({ currency }) => hold.currency === null || hold.currency === currency)
    .map((funds) => {
      const { currency } = funds;
      const now = divide(payableNow(facts, currency), stopNow(facts, currency) !== null);
      const later = divide(payableOf(funds), stopNow(then, currency) !== null);
      return {
        payable: money(now.payable, currency),
        payableThen: money(later.payable, currency),
        stopped: money(now.stopped, currency),
        stoppedThen: money(later.stopped, currency),
        stillHeld: money(heldOf(funds), currency),
      };
    });
}

/** What no hold withholds is payable, unless something else stops it. */
function divide(free: number, isStopped: boolean): { payable: number; stopped: number } {
  return isStopped ? { payable: 0, stopped: free } : { payable: free, stopped: 0 };
}

function sentenceOf(sums: ReleasePreview['money']): string {
  const gains = sums.filter(({ payable, payableThen }) => payableThen.amount > payable.amount);
  const stopped = sums.filter(({ stoppedThen, stopped: now }) => stoppedThen.amount > now.amount);
  if (gains.length === 0) {
    const amounts = stopped.map(({ stoppedThen }) => say(stoppedThen)).join(', ');
    const rest = amounts && `. ${amounts} is then no longer held, but something else stops it`;
    return `Releasing the hold makes no more money payable${rest}`;
  }
  const told = gains.map(({ payable, payableThen: then }) => {
    const gain = { amount: then.amount - payable.amount, currency: then.currency };
    return payable.amount === 0
      ? `${say(gain)} payable`
      : `${say(gain)} more payable, ${say(then)} in all`;
  });
  return `Releasing the hold makes ${told.join('; ')}`;
}

function say({ amount, currency }: { amount: number; currency: string }): string {
  return formatMoney(money(amount, currency));
}
