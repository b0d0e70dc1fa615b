import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PayoutId } from '../../../domain/ids.ts';
import { bookingOf, bookingsOf } from '../../../domain/reconciliation/movements.ts';
import { aMovement } from '../../build/movement.ts';
import { known, shown } from './movements.ts';

describe('movements one after the other', () => {
  test('know what the ones before them settled', () => {
    const lines = [
      aMovement('payment', 10, {
        id: 'txn_1',
        source: 'py_1',
        transfer: 'tr_ours',
        object: 'tr_ours',
      }),
      aMovement('payment_refund', -4, { id: 'txn_2', charge: 'py_1', object: 'trr_1' }),
      aMovement('payment', 10, { id: 'txn_3', source: 'py_3', transfer: 'tr_x', object: 'tr_x' }),
      aMovement('payment_refund', -10, { id: 'txn_4', charge: 'py_3', object: 'trr_3' }),
      aMovement('adjustment', -10, { id: 'txn_5', source: 'du_1' }),
      aMovement('adjustment', 10, { id: 'txn_6', source: 'du_1' }),
      aMovement('payment', 10, {
        id: 'txn_7',
        source: 'py_7',
        transfer: 'tr_ours',
        object: 'tr_ours',
      }),
    ];
    expect(bookingsOf(lines, known).map(({ booking }) => shown(booking))).toEqual([
      'claimed',
      'reversal account>platform reversal-not-ordered held',
      'foreign foreign>account transfer-not-ordered held',
      'foreign account>foreign',
      'foreign account>foreign moved-without-us',
      'foreign foreign>account',
      // One claim is confirmed by one line.
      'foreign foreign>account transfer-not-ordered held',
    ]);
  });

  const line = fc.record({
    id: fc.uuid().map((id) => `txn_${id}`),
    type: fc.constantFrom(
      'payment',
      'charge',
      'refund',
      'payment_refund',
      'payout',
      'payout_failure',
      'adjustment',
      'stripe_fee',
      'new',
    ),
    net: fc.integer({ min: -1000, max: 1000 }),
    currency: fc.constantFrom('eur', 'usd'),
    source: fc.constantFrom('po_ours', 'po_x', 'py_1', 'du_1', null),
    object: fc.constantFrom('tr_ours', 'tr_x', 'po_ours', 'trr_1', null),
    transfer: fc.constantFrom('tr_ours', 'tr_x', null),
    isOfCharge: fc.boolean(),
    ofCharge: fc.constantFrom('ch_1', null),
    charge: fc.constantFrom('py_1', 'py_ours', 'ch_1', null),
    payoutId: fc.constantFrom<(PayoutId | null)[]>(
      'payout_done',
      'payout_transferring',
      'payout_lost',
      'payout_others',
      null,
    ),
    createdAt: fc.constant('2026-11-23T12:00:00.000Z'),
    availableOn: fc.constant('2026-11-25T00:00:00.000Z'),
  });

  test('never make income of what the platform sent, nor pay what came in unasked', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const taken = bookingsOf(lines, known);
        expect(taken.map(({ movement: { id } }) => id)).toEqual(lines.map(({ id }) => id));
        for (const { movement: one, booking } of taken) {
          if (booking.kind !== 'booked') continue;
          const { entry, isHeld } = booking;
          expect(entry.amount).toBe(Math.abs(one.net));
          expect(one.net > 0 ? entry.to : entry.from).toBe('account');
          const isSent = one.net > 0 && one.transfer !== null && !one.isOfCharge;
          const isArrival = isSent && /^(charge|payment)$/.test(one.type);
          if (isArrival) expect(entry.kind).not.toBe('earning');
          const wentOut = lines.some(({ net, source }) => net < 0 && source === one.source);
          if (entry.from === 'foreign' && !wentOut) expect(isHeld).toBe(true);
        }
      }),
    );
  });

  test('read again book nothing again', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const taken = bookingsOf(lines, known);
        const claims = new Map(known.claims);
        for (const { movement: one, booking } of taken) {
          if (booking.kind !== 'booked') continue;
          const { currency, net } = one;
          const { from, to } = booking.entry;
          const beyond = net > 0 ? from : to;
          claims.set(one.id, [{ entryId: 2, sellerId: 'sel_1', currency, net, beyond }]);
        }
        for (const { movement: one, booking } of taken) {
          if (booking.kind !== 'booked') continue;
          const again = bookingOf(one, { ...known, claims });
          expect(again).toMatchObject({ kind: 'claimed', claim: { net: one.net } });
        }
      }),
    );
  });

  test('never take one entry for two of them', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const claims = bookingsOf(lines, known).flatMap(({ booking }) =>
          booking.kind === 'claimed' ? [booking.claim] : [],
        );
        expect(new Set(claims).size).toBe(claims.length);
      }),
    );
  });
});
