import { type Book, type Facts, type Finding, groupBy, isOver, type Payout } from './facts.ts';

type Booked = Book['payouts'][number];
type Transfer = Book['transfers'][number];

/** The status of a payout at Stripe for each status in the engine. */
const atStripe: Record<string, readonly string[]> = {
  sent: ['pending', 'in_transit'],
  paid: ['paid'],
  settled: ['paid'],
  failed: ['failed'],
  returned: ['failed'],
};

/** Checks that every movement at Stripe belongs to one payout, and that no payout has two. */
export function auditPayouts({ payouts, book }: Facts): Finding[] {
  const transfers = groupBy(book.transfers, ({ metadata }) => metadata['payout_id'] ?? '');
  const sent = groupBy(book.payouts, ({ metadata }) => metadata['payout_id'] ?? '');
  return [
    ...[...book.transfers, ...book.payouts]
      .filter(({ metadata }) => metadata['payout_id'] === undefined)
      .map(({ id }) => finding('foreign', id, 'It moved money, and no payout of ours ordered it')),
    ...payouts.flatMap((payout) => [
      ...transferFindings(payout, transfers.get(payout.id) ?? []),
      ...sentFindings(payout, sent.get(payout.id) ?? []),
      ...openFindings(payout, book),
    ]),
    ...queueFindings(payouts),
  ];
}

function transferFindings(payout: Payout, booked: readonly Transfer[]): Finding[] {
  const live = booked.filter(({ amount, amountReversed }) => amountReversed < amount);
  if (live.length > 1) return [finding('transferred-twice', payout.id, idsOf(live))];
  const [transfer] = booked;
  if (!transfer) {
    if (payout.transferId === null) return [];
    return [finding('transfer-missing', payout.id, `Stripe has no ${payout.transferId}`)];
  }
  if (payout.transferId === null) {
    return [finding('transfer-unknown', payout.id, `Stripe made ${transfer.id}`)];
  }
  const isSame =
    transfer.id === payout.transferId &&
    transfer.amount === payout.fromPlatform.amount &&
    transfer.currency === payout.currency &&
    transfer.destination === payout.stripeAccount;
  if (isSame) return [];
  const words = `${transfer.id} moved ${transfer.amount} ${transfer.currency}`;
  return [finding('transfer-differs', payout.id, words)];
}

function sentFindings(payout: Payout, booked: readonly Booked[]): Finding[] {
  const live = booked.filter(({ status }) => status !== 'failed' && status !== 'canceled');
  if (live.length > 1) return [finding('paid-twice', payout.id, idsOf(live))];
  if (booked.length > 1) return [finding('sent-twice', payout.id, idsOf(booked))];
  const [sent] = booked;
  if (!sent) {
    if (payout.stripePayoutId === null) return [];
    return [finding('payout-missing', payout.id, `Stripe has no ${payout.stripePayoutId}`)];
  }
  if (payout.stripePayoutId === null) {
    return [finding('payout-unknown', payout.id, `Stripe made ${sent.id}`)];
  }
  const expected = payout.status === 'canceled' ? ['canceled'] : atStripe[payout.status];
  const isSame =
    sent.id === payout.stripePayoutId &&
    sent.amount === payout.total.amount &&
    sent.currency === payout.currency &&
    sent.account === payout.stripeAccount &&
    expected?.includes(sent.status);
  if (isSame) return [];
  const ours = `${payout.total.amount} ${payout.currency} ${payout.status}`;
  const theirs = `${sent.id} of ${sent.amount} ${sent.currency} ${sent.status}`;
  return [finding('payout-differs', payout.id, `We say ${ours}, Stripe has ${theirs}`)];
}

/** Checks that an open payout states what it waits for, and that parked payouts were resolved. */
function openFindings(payout: Payout, { totals }: Book): Finding[] {
  const { id, status, waiting, parked, currency, fromPlatform } = payout;
  const there = totals.balances.find((one) => one.side === 'platform' && one.currency === currency);
  if (waiting?.for === 'platform-balance' && (there?.available ?? 0) >= fromPlatform.amount) {
    return [finding('waits-in-vain', id, `${there?.available} ${currency} is at the platform`)];
  }
  if (parked) return [finding('parked', id, `${status}, stopped: ${parked.reason}`)];
  if (isOver(payout) || waiting) return [];
  return [finding('stuck', id, `It is ${status} and does not say what it waits for`)];
}

/** Checks that no payday ordered what an earlier order of the schedule already pays. */
function queueFindings(payouts: readonly Payout[]): Finding[] {
  const waiting = groupBy(
    payouts.filter(({ status, orderedBy }) => status === 'requested' && orderedBy === 'schedule'),
    ({ sellerId, currency }) => `${sellerId} ${currency}`,
  );
  return [...waiting]
    .filter(([, orders]) => orders.length > 1)
    .map(([about, orders]) => {
      return finding('paydays-piled-up', about, `${orders.length} paydays wait to be paid`);
    });
}

function finding(rule: string, about: string, words: string): Finding {
  return { rule, about, words };
}

function idsOf(items: readonly { id: string }[]): string {
  return `Stripe made ${items.map(({ id }) => id).join(' and ')}`;
}
