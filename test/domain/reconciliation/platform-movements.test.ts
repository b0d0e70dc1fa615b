import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PayoutId } from '../../../domain/ids.ts';
import type { Movement } from '../../../domain/reconciliation/movements.ts';
import {
  type KnownToPlatform,
  platformBookingOf,
  platformBookingsOf,
} from '../../../domain/reconciliation/platform-movements.ts';
import { aMovement } from '../../build/movement.ts';

const claim = (net: number) => [
  { entryId: 1, sellerId: 'sel_1' as const, net, currency: 'eur', beyond: 'account' as const },
];
const known: KnownToPlatform = {
  claims: new Map([
    ['tr_ours', claim(-10)],
    ['trr_ours', claim(4)],
  ]),
  payouts: new Set<PayoutId>(['payout_known']),
  disowned: new Set(['tr_gift']),
  transfers: new Map([
    ['tr_claimed', 'claimed'],
    ['tr_open', 'open'],
    ['tr_own', 'own'],
  ]),
};

const out = (transfer: string, name?: PayoutId): Partial<Movement> => ({
  source: transfer,
  object: transfer,
  transfer,
  payoutId: name ?? null,
});
const back = (object: string, transfer: string) => ({ source: object, object, transfer });

describe('a line of the platform’s books', () => {
  test.each<[type: string, net: number, given: Partial<Movement>, booking: string, why: string]>([
    ['charge', 97, {}, 'own', 'a customer paid the platform'],
    ['refund', -97, { charge: 'ch_1' }, 'own', 'and has it back'],
    ['stripe_fee', -2, {}, 'own', 'a fee'],
    ['application_fee', 3, {}, 'own', 'what the platform takes of a direct charge'],
    ['topup', 1000, {}, 'own', 'money from its bank'],
    ['payout', -500, {}, 'own', 'money to its bank'],
    ['transfer', 0, out('tr_x'), 'own', 'nothing moved'],
    ['transfer', -10, out('tr_ours'), 'claimed', 'an entry says so'],
    [
      'transfer',
      -9,
      out('tr_ours'),
      'claimed',
      'another amount is a difference, not another thing',
    ],
    [
      'transfer',
      -10,
      out('tr_x', 'payout_known'),
      'open',
      'its answer, or the account’s side, is to come',
    ],
    ['transfer', -10, out('tr_x', 'payout_lost'), 'unknown-payout', 'older than Stripe'],
    ['transfer', -10, out('tr_gift', 'payout_lost'), 'own', 'a person said what it was for'],
    ['transfer', -10, out('tr_x'), 'own', 'to somebody the engine has no part in'],
    [
      'transfer_refund',
      4,
      back('trr_ours', 'tr_claimed'),
      'claimed',
      'the account’s side is booked',
    ],
    ['transfer_refund', 5, back('trr_x', 'tr_claimed'), 'open', 'the account’s side is to come'],
    ['transfer_refund', 5, back('trr_x', 'tr_open'), 'open', 'so is that of the transfer'],
    ['transfer_refund', 5, back('trr_x', 'tr_own'), 'own', 'of a transfer that is not ours'],
    ['transfer_refund', 5, back('trr_x', 'tr_x'), 'own', 'of one from before the engine was there'],
    [
      'transfer_failure',
      10,
      out('tr_x', 'payout_known'),
      'open',
      'no entry says that: a person looks',
    ],
  ])('%s of %i with %j is %s: %s', (type, net, given, expected) => {
    expect(platformBookingOf(aMovement(type, net, given), known).kind).toBe(expected);
  });

  test('knows what the ones before it settled', () => {
    const lines = [
      aMovement('transfer', -10, out('tr_1', 'payout_known')),
      aMovement('transfer_refund', 10, back('trr_1', 'tr_1')),
      aMovement('transfer', -10, out('tr_2')),
      aMovement('transfer_refund', 10, back('trr_2', 'tr_2')),
    ];
    const kinds = platformBookingsOf(lines, known).map(({ booking }) => booking.kind);
    expect(kinds).toEqual(['open', 'open', 'own', 'own']);
  });

  test('is never booked from this side, and never ours without a transfer', () => {
    const line = fc.record({
      type: fc.constantFrom('charge', 'transfer', 'transfer_refund', 'payout', 'topup'),
      net: fc.integer({ min: -1000, max: 1000 }),
      object: fc.constantFrom('tr_ours', 'tr_x', 'trr_x', 'ch_1', null),
      transfer: fc.constantFrom('tr_ours', 'tr_x', 'tr_open', null),
      payoutId: fc.constantFrom<(PayoutId | null)[]>('payout_known', 'payout_lost', null),
    });
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const made = lines.map(({ type, net, ...given }) => aMovement(type, net, given));
        for (const { movement: one, booking } of platformBookingsOf(made, known)) {
          expect(booking.kind).not.toBe('booked');
          if (one.transfer === null && booking.kind !== 'claimed') expect(booking.kind).toBe('own');
        }
      }),
    );
  });
});
