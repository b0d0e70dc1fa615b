import type { PayoutId } from '../../../domain/ids.ts';
import type { Place } from '../../../domain/ledger.ts';
import type { Known, NamedPayout } from '../../../domain/reconciliation/known.ts';
import type { Booking } from '../../../domain/reconciliation/movements.ts';

const done: NamedPayout = {
  isOfAccount: true,
  currency: 'eur',
  transferId: 'tr_ours',
  stripePayoutId: 'po_ours',
  mayTransfer: false,
  mayPayOut: false,
};
const under = { ...done, transferId: null, stripePayoutId: null };
const payouts = new Map<PayoutId, NamedPayout>([
  ['payout_done', done],
  ['payout_transferring', { ...under, mayTransfer: true, mayPayOut: true }],
  ['payout_sending', { ...under, transferId: 'tr_sending', mayPayOut: true }],
  ['payout_over', under],
  ['payout_others', { ...done, isOfAccount: false }],
]);
const claim = (net: number, beyond: Place, currency = 'eur') => [
  { entryId: 1, sellerId: 'sel_1' as const, net, currency, beyond },
];
/** What we know in these tests. */
export const known: Known = {
  claims: new Map([
    ['tr_ours', claim(10, 'platform-reserved')],
    ['po_ours', [...claim(-10, 'in-transit'), ...claim(10, 'in-transit')]],
    ['txn_known', claim(7, 'owed')],
  ]),
  payouts,
  stripePayouts: new Map([
    ['po_ours', false],
    ['po_followed', true],
    ['po_settled', true],
    ['po_returned', false],
  ]),
  arrivals: new Map([
    ['py_ours', 'from-platform'],
    ['py_income', 'income'],
    ['py_foreign', 'foreign'],
    ['py_open', 'open'],
  ]),
  foreign: new Map([
    ['po_foreign', 10],
    ['po_counted', 10],
  ]),
  counted: new Set(['po_counted']),
  disowned: new Map([
    ['tr_paid', 'owed'],
    ['tr_gift', 'not-owed'],
    ['po_gift', 'not-owed'],
  ]),
};

/** A booking in words. */
export function shown(booking: Booking): string {
  if (booking.kind !== 'booked') return booking.kind;
  const { entry, cause, isHeld } = booking;
  return [
    entry.kind,
    `${entry.from}>${entry.to}`,
    ...(cause ? [cause] : []),
    ...(isHeld ? ['held'] : []),
  ].join(' ');
}
