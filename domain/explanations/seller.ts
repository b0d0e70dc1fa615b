import type { Failure } from '../accounts/failures.ts';
import { explainRequirement } from '../accounts/requirements.ts';
import { moneyParts, moneySumsOf, type Sums } from '../headlines/sums.ts';
import { sayMoney } from '../headlines/words.ts';
import type { PayoutId, SellerId, SellerNames, StripeAccountId } from '../ids.ts';
import type { Place } from '../ledger.ts';
import { type Currency, money, type Money } from '../money.ts';
import { comingPayday, outOfReachNow, type PaydayMoney, toPaydayMoney } from '../paydays/coming.ts';
import { saySchedule } from '../paydays/schedule-words.ts';
import { isLateAt } from '../payouts/late.ts';
import type { PayoutStatus } from '../payouts/states.ts';
import { explainComparison, explainDiscrepancy } from '../reconciliation/words.ts';
import { whyNoRoute } from '../routing/route.ts';
import type { SellerStatus } from '../sellers.ts';
import { waitNames } from '../waits.ts';
import { bankWaits, explainBanks } from './bank-waits.ts';
import type { AttemptRecord, SellerFacts, SellerTotals } from './facts.ts';
import { moneyStopped } from './money-stopped.ts';
import { nextOfSeller } from './next-steps.ts';
import type { Available } from './payout-words.ts';
import { summaryOf, waitsOf } from './payout.ts';
import { noRouteWaits, sellerFailureOf, sellerWaits, unorderedWaits } from './seller-waits.ts';
import { putOffWaits, silenceBeside } from './stripe-delays.ts';
import {
  type Decision,
  decisionsOf,
  notShownOf,
  parkTexts,
  sayOrder,
  sayOutcome,
} from './timeline.ts';
import type { ComingStep, SayInstant, Waiting } from './waiting.ts';
import { moneyWaits } from './why-no-payout.ts';

/** The next payday of a seller, and what the payday would pay. */
export type ExplainedPayday = {
  at: string;
  cutOffAt: string;
  isKept: boolean;
  money: PaydayMoney[];
};

/** A seller's explanation. */
export type SellerExplanation = {
  asOf: string;
  sellerId: SellerId;
  seller: SellerNames;
  status: SellerStatus;
  /** When the seller is paid without an order, in words. */
  schedule: string;
  stripeAccount: StripeAccountId | null;
  summary: string;
  waits: Waiting[];
  next: ComingStep[];
  /** Null without a schedule. */
  payday: ExplainedPayday | null;
  /** Why Stripe does not let the account be paid. Null if the account may be paid. */
  account: Failure | null;
  requirements: ReturnType<typeof explainRequirement>[];
  bankAccounts: ReturnType<typeof explainBanks>;
  /** The parts add up to `earned`. */
  money: (Record<keyof Sums, Money> & { becomesPayable: { at: string | null; money: Money }[] })[];
  payouts: {
    id: PayoutId;
    status: PayoutStatus;
    total: Money;
    bankExpectedOn: string | null;
    isLate: boolean;
    summary: string;
    explain: string;
  }[];
  differences: ReturnType<typeof explainDiscrepancy>[];
  /** When the books were last compared with Stripe. */
  compared: ReturnType<typeof explainComparison>;
  happened: { at: string; kind: string; text: string }[];
  decisions: Decision[];
  attempts: AttemptRecord[];
  notShown: SellerTotals;
};

/**
 * Explains why a seller is not paid, who must act, what comes next and when, and who decided.
 * `available` is the platform's balance, if it matters and Stripe answered.
 */
export function explainSeller(
  facts: SellerFacts,
  sayInstant: SayInstant,
  available?: Available,
): SellerExplanation {
  const { now, seller } = facts;
  const told = [
    ...ownWaits(facts),
    ...moneyWaits(facts, sayInstant),
    ...payoutWaits(facts, available),
  ];
  const asksStripe = seller.status !== 'closed' && seller.parked === null;
  const waits = [...told, ...(asksStripe ? silenceBeside(facts, told) : [])];
  return {
    asOf: now,
    sellerId: seller.id,
    seller: { externalId: seller.externalId, displayName: seller.displayName },
    status: seller.status,
    schedule: saySchedule(seller.schedule),
    stripeAccount: seller.stripeAccount,
    summary: sentenceOf(facts, waits),
    waits,
    next: nextOfSeller(facts, sayInstant),
    payday: paydayOf(facts),
    account: sellerFailureOf(seller),
    requirements: seller.requirements.map((one) => explainRequirement(one, now)),
    bankAccounts: explainBanks(seller),
    money: moneyOf(facts),
    payouts: facts.openPayouts.map((payout) => ({
      id: payout.id,
      status: payout.status,
      total: money(payout.fromPlatform + payout.fromAccount, payout.currency),
      bankExpectedOn: payout.bankExpectedOn,
      isLate: isLateAt(payout, now),
      summary: summaryOf(payout, [], isLateAt(payout, now)),
      explain: `/v1/payouts/${payout.id}/explain`,
    })),
    differences: facts.differences.map(explainDiscrepancy),
    compared: explainComparison(facts.comparison),
    happened: happenedTo(facts),
    decisions: decisionsOf(facts.commands),
    attempts: facts.attempts,
    notShown: notShownOf(facts.totals, {
      payouts: facts.openPayouts,
      holds: seller.holds,
      differences: facts.differences,
      attempts: facts.attempts,
      decisions: facts.commands,
      becomesPayable: facts.upcoming,
    }),
  };
}

function ownWaits(facts: SellerFacts): Waiting[] {
  const { now, seller, operations, balances, attempts, differences } = facts;
  const having = (among: readonly Place[]): Currency[] =>
    balances
      .filter(({ places }) => among.some((place) => places[place] > 0))
      .map(({ currency }) => currency);
  const currencies = having([...platformPlaces, ...accountPlaces]);
  // A seller without a route needs a bank account only for money that needs no transfer.
  const isReached = whyNoRoute(seller.corridor) === null;
  const toBank = isReached ? currencies : having(accountPlaces);
  return [
    ...moneyStopped(operations),
    ...sellerWaits(seller, now),
    ...putOffWaits(attempts, null),
    ...(seller.status === 'closed'
      ? []
      : [
          ...unorderedWaits(differences, currencies),
          ...currencies.flatMap((currency) =>
            noRouteWaits(seller, farOf(facts, currency), facts.openPayouts),
          ),
          ...bankWaits(seller, toBank, now),
        ]),
  ];
}

/** The places of money that has not gone to the bank yet. */
const platformPlaces = ['platform', 'platform-reserved'] as const;
const accountPlaces = ['account', 'account-reserved'] as const;

/** What no route takes to the seller: what is available, and what a waiting payout has reserved. */
function farOf(facts: SellerFacts, currency: Currency) {
  const reserved = facts.openPayouts
    .filter((one) => one.currency === currency && one.waitingFor === waitNames.noRoute)
    .reduce((sum, { fromPlatform }) => sum + fromPlatform, 0);
  const amount = outOfReachNow(facts, currency) + reserved;
  return { currency, amount, since: facts.payableSince[currency] ?? null };
}

function paydayOf(facts: SellerFacts): SellerExplanation['payday'] {
  const payday = comingPayday(facts);
  if (!payday || facts.seller.status === 'closed') return null;
  const { at, cutOffAt, isKept, forecasts } = payday;
  return { at, cutOffAt, isKept, money: forecasts.map(toPaydayMoney) };
}

/** What open payouts wait for. A payout at the bank keeps nobody from being paid. */
function payoutWaits(facts: SellerFacts, available?: Available): Waiting[] {
  const isTold = (reason: string): boolean => {
    // The list already contains the pause of the seller.
    return facts.seller.pauses.length > 0 && ['start', waitNames.sellerPaused].includes(reason);
  };
  return facts.openPayouts
    .filter(({ status }) => status !== 'paid')
    .flatMap((payout) => {
      const attempts = facts.putOff.filter(({ payoutId }) => payoutId === payout.id);
      const waits = waitsOf({ ...facts, payout, attempts, available });
      return waits
        .filter((one) => one.payoutId !== null && !isTold(one.for))
        .map((one) => ({ ...one, reason: `Payout ${payout.id}: ${one.reason}` }));
    });
}

function moneyOf(facts: SellerFacts): SellerExplanation['money'] {
  return facts.balances.map(({ currency }) => {
    const sums = moneySumsOf(facts, currency);
    const of = (part: keyof Sums): Money => money(sums[part], currency);
    const parts = (['earned', ...moneyParts] as const).map((part) => [part, of(part)]);
    const becomesPayable = facts.upcoming
      .filter((one) => one.currency === currency)
      .map(({ at, amount }) => ({ at, money: money(amount, currency) }));
    return { ...(Object.fromEntries(parts) as Record<keyof Sums, Money>), becomesPayable };
  });
}

function happenedTo(facts: SellerFacts): SellerExplanation['happened'] {
  const { seller, attempts, lastPayouts, now } = facts;
  const events = [
    { at: seller.createdAt, kind: 'created', text: 'Seller created' },
    ...attempts.flatMap((attempt) => {
      const { step, state, decidedAt, lastSentAt } = attempt;
      const at = decidedAt ?? lastSentAt;
      return at === null ? [] : [{ at, kind: `${step}-${state}`, text: sayOutcome(attempt) }];
    }),
    ...(seller.payoutsManualAt
      ? [{ at: seller.payoutsManualAt, kind: 'manual-payouts', text: 'Set to manual payouts' }]
      : []),
    ...(seller.accountReadAt
      ? [{ at: seller.accountReadAt, kind: 'account-read', text: 'Account last read from Stripe' }]
      : []),
    ...(seller.parkedAt && seller.parked
      ? [
          {
            at: seller.parkedAt,
            kind: 'parked',
            text: `Stopped until a person decides: ${parkTexts[seller.parked]}`,
          },
        ]
      : []),
    ...lastPayouts.flatMap((payout) => {
      const { id, status, statusAt, createdAt, startedAt, orderedByName } = payout;
      // The outcome of a discrepancy may record a payout that nobody ordered.
      const verb = status === 'paid-elsewhere' && startedAt === null ? 'Recorded' : 'Ordered';
      const order = sayOrder(payout) ?? `${verb} by ${orderedByName}`;
      const ordered = `Payout ${id}: ${order[0]?.toLowerCase()}${order.slice(1)}`;
      const text = `Payout ${id}: ${summaryOf(payout, [], isLateAt(payout, now))}`;
      return [
        { at: createdAt, kind: 'payout-ordered', text: ordered },
        { at: statusAt, kind: `payout-${status}`, text },
      ];
    }),
  ];
  return events.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}

function sentenceOf(facts: SellerFacts, waits: readonly Waiting[]): string {
  const amounts = facts.balances.flatMap(({ currency }) => sayMoney(facts, currency));
  const money = amounts.length > 0 ? `: ${amounts.join(', ')}` : '';
  const begin = `The seller is ${facts.seller.status}${money}`;
  // The first words already say that the seller is closed.
  const told = waits.filter((one) => one.for !== 'closed');
  return [begin, ...told.map(({ reason }) => reason)].join('. ');
}
