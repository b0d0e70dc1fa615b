import type { z } from '@hono/zod-openapi';
import type { PayoutFacts, SellerBeside } from '../db/explanations.ts';
import type { PayoutRecord } from '../db/views.ts';
import { failureOf } from '../domain/failures.ts';
import { formatMoney, money } from '../domain/money.ts';
import { isLateAt, isOver, type PayoutStatus, type WaitReason } from '../domain/payout.ts';
import { bankWaits } from './bank-words.ts';
import type { Actor, Decision, NextStep, PayoutExplanation, Wait } from './explanation-schemas.ts';
import { toPayout } from './payout-schemas.ts';
import { parkedOf, skippedOf, waitingOf } from './payout-words.ts';
import { accountWaits, moneyStopped, sellerWaits } from './seller-waits.ts';
import { commandTexts, timelineOf } from './timeline.ts';

type Step = z.infer<typeof NextStep>;
type Waiting = z.infer<typeof Wait>;

/** Who ends each wait of a payout, and how. */
const lifts: Record<WaitReason | 'start', { actor: Actor; liftedBy: string }> = {
  start: { actor: 'engine', liftedBy: 'The seller’s workflow, as soon as it may' },
  'seller-not-active': { actor: 'seller', liftedBy: 'The seller becoming active' },
  'seller-paused': { actor: 'operator', liftedBy: 'Resuming the seller' },
  hold: { actor: 'operator', liftedBy: 'Releasing enough of the holds, or their end' },
  'another-payout': { actor: 'stripe', liftedBy: 'Stripe’s answer about the other payout' },
  'platform-balance': {
    actor: 'platform',
    liftedBy: 'Money in the platform’s balance at Stripe; GET /v1/funding tells how much',
  },
  'account-balance': { actor: 'stripe', liftedBy: 'Money in the account’s balance at Stripe' },
  arrival: { actor: 'stripe', liftedBy: 'Time: the transferred money becomes available' },
  capability: { actor: 'seller', liftedBy: 'What Stripe asks for, given on Stripe’s pages' },
  'bank-details': { actor: 'seller', liftedBy: 'A bank account that works, on Stripe’s pages' },
  'cooling-period': {
    actor: 'engine',
    liftedBy: 'Time, or a person who knows that the seller changed it',
  },
  'automatic-payouts': { actor: 'engine', liftedBy: 'Setting the account to manual payouts' },
  'stripe-limit': { actor: 'engine', liftedBy: 'Time: it tries again by itself' },
  'money-stopped': { actor: 'operator', liftedBy: 'Resuming money' },
  'outcome-look-up': { actor: 'engine', liftedBy: 'Finding it at Stripe, or a person who knows' },
  bank: { actor: 'bank', liftedBy: 'The bank’s answer, which Stripe passes on' },
  'late-return': { actor: 'engine', liftedBy: 'Time: nothing is wrong' },
};

const sentences: Record<PayoutStatus, string> = {
  requested: 'ordered, nothing is set aside yet',
  reserved: 'set aside at the platform',
  transferred: 'at the account, set aside for it',
  sent: 'on its way to the bank',
  paid: 'at the bank',
  settled: 'at the bank for good',
  failed: 'not paid: the money is back at the account',
  returned: 'sent back by the bank: the money is back at the account',
  canceled: 'canceled: the money is where it was before',
  skipped: 'ended without moving money',
};

/** What happened, what it waits for, what lifts that, what comes next, who decided. */
export function explainPayout(facts: PayoutFacts): z.infer<typeof PayoutExplanation> {
  const { now, payout, items, attempts, commands } = facts;
  const happened = timelineOf(facts);
  const since = happened.at(-1)?.at ?? payout.createdAt;
  const waits = waitsOf(facts, since);
  const isLate = isLateAt(payout, now);
  return {
    asOf: now,
    summary: summaryOf(payout, waits, isLate),
    isLate,
    waits,
    next: nextOf(payout),
    happened,
    decisions: decisionsOf(commands),
    earnings: {
      count: items.count,
      first: items.first.map(({ currency, ...item }) => ({
        ...item,
        amount: money(item.amount, currency),
        earned: money(item.earned, currency),
      })),
      all: `/v1/payouts/${payout.id}/items`,
    },
    attempts,
    payout: toPayout(payout),
  };
}

/** A payout in one sentence, with what it waits for. */
export function summaryOf(
  payout: PayoutRecord,
  waits: readonly Waiting[],
  isLate: boolean,
): string {
  const { currency, requestedAmount, status, failureCode } = payout;
  const total = payout.fromPlatform + payout.fromAccount;
  const amount =
    total > 0
      ? formatMoney(money(total, currency))
      : requestedAmount === null
        ? `All that is payable in ${currency.toUpperCase()}`
        : formatMoney(money(requestedAmount, currency));
  const failed = failureCode && `${failureOf(failureCode).forOperator} (${failureCode})`;
  const because = skippedOf(payout) ?? failed;
  return [
    `${amount} ${sentences[status]}`,
    ...(because ? [because] : []),
    ...(isLate ? ['It is late: ask Stripe for its trace'] : []),
    ...waits.map(({ reason }) => reason),
  ].join('. ');
}

type Around = Pick<PayoutFacts, 'now' | 'payout' | 'operations'> & { seller: SellerBeside | null };

/** What a payout waits for; of a seller that is not active also why that is. */
export function waitsOf({ now, payout, seller, operations }: Around, since: string): Waiting[] {
  const payoutId = payout.id;
  const parked = parkedOf(payout);
  if (parked) {
    const { reason, explanation, commands } = parked;
    const who = { actor: 'operator' as const, liftedBy: 'A person, by one of its commands' };
    const when = { since: parked.since, lookAgainAt: null };
    return [{ for: reason, reason: explanation, ...when, ...who, by: null, commands, payoutId }];
  }
  const waiting = waitingOf(payout);
  const stopped = operations.moneyStopped && isBeforeStripe(payout.status);
  const own: Waiting[] =
    waiting && waiting.for !== 'money-stopped'
      ? [{ ...waiting, ...liftOf(waiting.for, isLateAt(payout, now)), since, ...nobody, payoutId }]
      : [];
  return [
    ...own,
    ...(stopped || waiting?.for === 'money-stopped' ? [moneyStopped(operations)] : []),
    ...(waiting && seller ? behind(waiting.for, seller, payout.currency) : []),
  ];
}

const nobody = { by: null, commands: [] };

/** What the banks have for too long is asked for by a person. */
function liftOf(reason: WaitReason | 'start', isLate: boolean): { actor: Actor; liftedBy: string } {
  if (reason !== 'bank' || !isLate) return lifts[reason];
  return { actor: 'operator', liftedBy: 'Stripe’s trace of it, or the bank’s answer' };
}

/** What a payout waits for because of its seller, which has its own reasons. */
function behind(reason: WaitReason | 'start', seller: SellerBeside, currency: string): Waiting[] {
  switch (reason) {
    case 'start':
    case 'seller-not-active':
    case 'seller-paused':
    case 'hold':
      return sellerWaits(seller);
    case 'capability':
      return accountWaits(seller);
    case 'bank-details':
    case 'cooling-period':
      return bankWaits(seller, [currency]);
    default:
      return [];
  }
}

/** What comes next, and when, as far as it is known. Nothing until a person decides. */
export function nextOf(payout: PayoutRecord): Step[] {
  const { id: payoutId, status, parked, waitingFor, lookAgainAt } = payout;
  if (parked || isOver(payout)) return [];
  const steps = order.slice(order.findIndex(({ after }) => after === status));
  const isExact = waitingFor === 'arrival' || waitingFor === 'late-return';
  const setAside = payout.fromPlatform + payout.fromAccount;
  const carried = setAside > 0 ? setAside : payout.requestedAmount;
  const amount = carried === null ? null : money(carried, payout.currency);
  const shown = steps.map(({ what, text }, index) => {
    const at = index === 0 && isExact ? lookAgainAt : null;
    return { what, text, at, money: amount, payoutId };
  });
  const looksAgain = waitingFor !== null && !isExact && lookAgainAt !== null;
  if (!looksAgain) return shown;
  const text =
    waitingFor === 'bank'
      ? 'It is read from Stripe again, sooner when Stripe says what became of it'
      : 'It looks again at the latest then, sooner when something happens';
  return [{ what: 'look-again', text, at: lookAgainAt, money: amount, payoutId }, ...shown];
}

const order: { after: PayoutStatus; what: string; text: string }[] = [
  { after: 'requested', what: 'reserve', text: 'Money is set aside for it' },
  {
    after: 'reserved',
    what: 'transfer',
    text: 'The platform’s part is transferred to the account',
  },
  { after: 'transferred', what: 'payout', text: 'Stripe is asked to pay it out' },
  { after: 'sent', what: 'paid', text: 'The bank has it' },
  { after: 'paid', what: 'settle', text: 'The watch for a late return ends' },
];

/** Who decided what, under which API key. */
export function decisionsOf(commands: PayoutFacts['commands']): z.infer<typeof Decision>[] {
  return commands.map(({ at, kind, objectId: about, reason, apiKeyId, apiKeyName }) => {
    return { at, what: commandTexts[kind] ?? kind, about, reason, apiKeyId, apiKeyName };
  });
}

/** The switch stands before every request to Stripe, so not before what it has already. */
function isBeforeStripe(status: PayoutStatus): boolean {
  return status === 'requested' || status === 'reserved' || status === 'transferred';
}
