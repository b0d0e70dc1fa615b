import { describe, expect, test } from 'vitest';
import { bookingOf, type Movement, type Ordered } from '../../domain/movements.ts';
import { aMovement } from './movement.ts';

const nothing: Ordered = {
  stripePayouts: new Set(['po_ours']),
  payoutsInDoubt: new Set(['payout_doubt']),
  transfers: new Set(['tr_ours']),
  arrivals: new Set(['py_ours']),
  transferInDoubtSince: null,
};

describe('a movement of an account', () => {
  test.each<[type: string, net: number, given: Partial<Movement>, booking: string, why: string]>([
    ['payout', -10, { source: 'po_ours' }, 'ours', 'we ordered it'],
    ['payout_failure', 10, { source: 'po_ours' }, 'ours', 'its payout is told of it'],
    ['payout', -10, { payoutId: 'payout_doubt' }, 'ours', 'its answer is still on its way'],
    ['payout', -10, { payoutId: 'payout_other' }, 'foreign account>foreign', 'a copied name'],
    ['payout', -10, {}, 'foreign account>foreign', 'made in the Dashboard'],
    ['payout_failure', 10, {}, 'foreign foreign>account', 'that one came back'],
    ['payment', 10, { source: 'py_ours' }, 'ours', 'the arrival of a transfer of ours'],
    ['payment', 10, { sourceTransfer: 'tr_ours' }, 'ours', 'known by its transfer only'],
    ['payment', 10, { sourceTransfer: 'tr_x' }, 'earning owed>account', 'a destination charge'],
    ['charge', 10, {}, 'earning owed>account', 'a direct charge, less its fee'],
    ['charge', -3, {}, 'refund account>owed', 'a charge smaller than its fee'],
    ['refund', -10, { charge: 'ch_1' }, 'refund account>owed', 'the customer has it back'],
    ['refund_failure', 10, {}, 'refund owed>account', 'the customer’s bank did not take it'],
    ['stripe_fee', -2, {}, 'refund account>owed', 'a fee'],
    ['adjustment', -10, {}, 'foreign account>foreign', 'a dispute'],
    ['adjustment', 10, {}, 'foreign foreign>account', 'a dispute that was won'],
    ['transfer', -10, {}, 'foreign account>foreign', 'an account debit'],
    ['something_new', -10, {}, 'foreign account>foreign', 'whatever it is, it is gone'],
    ['charge', 0, {}, 'ours', 'nothing moved'],
  ])('%s of %i with %j is %s: %s', (type, net, given, expected) => {
    expect(shown(aMovement(type, net, given), nothing)).toBe(expected);
  });

  const doubt = { ...nothing, transferInDoubtSince: '2026-11-23T12:00:30.000Z' };
  test.each([
    ['payment', '2026-11-23T12:01:00.000Z', 'hold', 'it may be the transfer without an answer'],
    ['payment', '2026-11-23T12:00:00.000Z', 'hold', 'clocks differ'],
    ['payment', '2026-11-23T11:59:00.000Z', 'earning owed>account', 'it was there before'],
    ['charge', '2026-11-23T12:01:00.000Z', 'earning owed>account', 'no transfer brings a charge'],
  ])('%s at %s beside a transfer in doubt is %s: %s', (type, createdAt, expected) => {
    expect(shown(aMovement(type, 10, { createdAt }), doubt)).toBe(expected);
  });

  test('that may be ours is ours once the transfer is known', () => {
    const arrival = aMovement('payment', 10, { sourceTransfer: 'tr_ours' });
    expect(shown(arrival, doubt)).toBe('ours');
  });
});

function shown(one: Movement, ordered: Ordered): string {
  const booking = bookingOf(one, ordered);
  if (!('from' in booking)) return booking.kind;
  expect(booking.amount).toBe(Math.abs(one.net));
  return `${booking.kind} ${booking.from}>${booking.to}`;
}
