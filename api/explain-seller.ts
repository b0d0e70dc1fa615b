import type { z } from '@hono/zod-openapi';
import type { SellerFacts } from '../db/explanations.ts';
import { formatMoney, money } from '../domain/money.ts';
import { decisionsOf, isLateAt, nextOf, summaryOf, waitsOf } from './explain-payout.ts';
import type { NextStep, SellerExplanation, Wait } from './explanation-schemas.ts';
import { sellerCommand } from './seller-words.ts';
import { moneyStopped, sellerWaits, wait } from './seller-waits.ts';

type Explanation = z.infer<typeof SellerExplanation>;
type Waiting = z.infer<typeof Wait>;

/** Why a seller is not paid, who must act, when what comes next, and who decided. */
export function explainSeller(facts: SellerFacts): Explanation {
  const { now, seller } = facts;
  const waits = [...ownWaits(facts), ...moneyWaits(facts), ...payoutWaits(facts)];
  const sums = moneyOf(facts);
  return {
    asOf: now,
    sellerId: seller.id,
    status: seller.status,
    stripeAccount: seller.stripeAccount,
    summary: sentenceOf(facts, sums, waits),
    waits,
    next: nextOfSeller(facts),
    money: sums,
    payouts: facts.openPayouts.map((payout) => ({
      id: payout.id,
      status: payout.status,
      total: money(payout.fromPlatform + payout.fromAccount, payout.currency),
      summary: summaryOf(payout, [], isLateAt(payout, now)),
      explain: `/v1/payouts/${payout.id}/explain`,
    })),
    happened: happenedTo(facts),
    decisions: decisionsOf(facts.commands),
    attempts: facts.attempts,
  };
}

function ownWaits({ seller, operations }: SellerFacts): Waiting[] {
  return [...(operations.moneyStopped ? [moneyStopped(operations)] : []), ...sellerWaits(seller)];
}

/** Why no payout is under way although the seller could be paid. */
function moneyWaits(facts: SellerFacts): Waiting[] {
  const { seller, balances, openPayouts } = facts;
  if (seller.status === 'closed') return [];
  if (balances.length === 0) {
    return [wait('nothing-earned', 'platform', 'Nothing was earned yet', 'A first earning')];
  }
  return balances.flatMap(({ currency, payable, notYetAvailable, places }) => {
    if (places.account < 0) {
      const reason = `The account is ${formatMoney(money(places.account, currency))}: below zero`;
      return [wait('account-negative', 'platform', reason, 'Earnings that fill it, or a refund')];
    }
    if (openPayouts.some((payout) => payout.currency === currency)) return [];
    if (payable > 0) {
      const amount = formatMoney(money(payable, currency));
      const commands = [sellerCommand(seller.id, 'payouts', 'It is to be paid now', { currency })];
      const reason = `${amount} is payable, and no payout of it is ordered`;
      return [wait('no-payout', 'platform', reason, 'Ordering a payout', { commands })];
    }
    if (notYetAvailable <= 0) return [];
    const amount = formatMoney(money(notYetAvailable, currency));
    const first = facts.upcoming.find((one) => one.currency === currency);
    const at = first?.at ?? null;
    const reason = `${amount} is earned, but not payable yet`;
    const lifted = at ? 'Time' : 'The charge, when it says from when it is payable';
    return [wait('not-yet-available', 'stripe', reason, lifted, { lookAgainAt: at })];
  });
}

/** What payouts under way wait for; those at the bank already keep nobody from being paid. */
function payoutWaits({ openPayouts, operations }: SellerFacts): Waiting[] {
  return openPayouts
    .filter(({ status }) => status !== 'paid')
    .flatMap((payout) => {
      const since = payout.sentAt ?? payout.reservedAt ?? payout.startedAt ?? payout.createdAt;
      const waits = waitsOf({ payout, operations, seller: null }, since);
      return waits.filter((one) => one.payoutId !== null);
    });
}

function moneyOf({ balances, upcoming, openPayouts }: SellerFacts): Explanation['money'] {
  return balances.map(({ currency, payable, notYetAvailable }) => ({
    payable: money(payable, currency),
    notYetAvailable: money(notYetAvailable, currency),
    underWay: money(
      openPayouts
        .filter((payout) => payout.currency === currency && payout.status !== 'paid')
        .reduce((sum, { fromPlatform, fromAccount }) => sum + fromPlatform + fromAccount, 0),
      currency,
    ),
    becomesPayable: upcoming
      .filter((one) => one.currency === currency)
      .map(({ at, amount }) => ({ at, money: money(amount, currency) })),
  }));
}

function nextOfSeller(facts: SellerFacts): z.infer<typeof NextStep>[] {
  const { seller, openPayouts, upcoming } = facts;
  if (seller.status === 'closed') return [];
  const steps = [
    ...openPayouts.flatMap((payout) => nextOf(payout).slice(0, 1)),
    ...upcoming.map(({ at, currency, amount }) => ({
      what: 'becomes-payable',
      text: `${formatMoney(money(amount, currency))} becomes payable`,
      at,
      money: money(amount, currency),
      payoutId: null,
    })),
    ...(seller.lookAgainAt && seller.parked === null
      ? [
          {
            what: 'read-account',
            text: 'Its account is read from Stripe again, sooner when Stripe says that it changed',
            at: seller.lookAgainAt,
            money: null,
            payoutId: null,
          },
        ]
      : []),
  ];
  return steps.sort((a, b) => (a.at ?? '~').localeCompare(b.at ?? '~'));
}

function happenedTo(facts: SellerFacts): Explanation['happened'] {
  const { seller, attempts, lastPayouts, now } = facts;
  const events = [
    { at: seller.createdAt, kind: 'created', text: 'Made known to the engine' },
    ...attempts.flatMap(({ step, state, decidedAt, lastSentAt, refusal, error }) => {
      const at = decidedAt ?? lastSentAt;
      const code = error?.code ? ` (${error.code})` : '';
      const why = refusal === null ? '' : `, ${refusal}${code}`;
      return at === null
        ? []
        : [{ at, kind: `${step}-${state}`, text: `Stripe: ${step} ${state}${why}` }];
    }),
    ...(seller.payoutsManualAt
      ? [{ at: seller.payoutsManualAt, kind: 'manual-payouts', text: 'Set to manual payouts' }]
      : []),
    ...(seller.accountReadAt
      ? [{ at: seller.accountReadAt, kind: 'account-read', text: 'Its account was last read' }]
      : []),
    ...(seller.parkedAt
      ? [{ at: seller.parkedAt, kind: 'parked', text: `Stopped for a person: ${seller.parked}` }]
      : []),
    ...lastPayouts.map((payout) => {
      const at = payout.overAt ?? payout.paidAt ?? payout.sentAt ?? payout.createdAt;
      const text = `Payout ${payout.id}: ${summaryOf(payout, [], isLateAt(payout, now))}`;
      return { at, kind: `payout-${payout.status}`, text };
    }),
  ];
  return events.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
}

function sentenceOf(
  { seller }: SellerFacts,
  sums: Explanation['money'],
  waits: readonly Waiting[],
): string {
  const amounts = sums.flatMap(({ payable, notYetAvailable, underWay }) => [
    ...(payable.amount > 0 ? [`${text(payable)} payable now`] : []),
    ...(underWay.amount > 0 ? [`${text(underWay)} on its way`] : []),
    ...(notYetAvailable.amount > 0 ? [`${text(notYetAvailable)} payable later`] : []),
  ]);
  const money = amounts.length > 0 ? `: ${amounts.join(', ')}` : '';
  return [`The seller is ${seller.status}${money}`, ...waits.map(({ reason }) => reason)].join(
    '. ',
  );
}

function text({ amount, currency }: { amount: number; currency: string }): string {
  return formatMoney(money(amount, currency));
}
