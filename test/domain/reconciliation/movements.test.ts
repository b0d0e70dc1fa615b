import { describe, expect, test } from 'vitest';
import type { PayoutId } from '../../../domain/ids.ts';
import { agrees, bookingOf, type Movement } from '../../../domain/reconciliation/movements.ts';
import { aMovement } from '../../build/movement.ts';
import { known, shown } from './movements.ts';

/** The arrival of a transfer, in the name of a payout or of nobody. */
const from = (transfer: string, name?: string): Partial<Movement> => ({
  source: 'py_x',
  transfer,
  payoutId: (name as PayoutId | undefined) ?? null,
});
const po = (source: string, name?: string): Partial<Movement> => ({
  source,
  payoutId: (name as PayoutId | undefined) ?? null,
});
/** A debit of the bank account for this payout. */
const debitOf = (source: string): Partial<Movement> => ({ source, object: 'po_debit' });
const reversal = (charge: string): Partial<Movement> => ({ charge, object: 'trr_1' });

describe('a movement of an account', () => {
  test.each<[type: string, net: number, given: Partial<Movement>, booking: string, why: string]>([
    ['charge', 0, {}, 'own', 'nothing moved'],
    ['payout', -10, po('po_ours'), 'claimed', 'we ordered it'],
    ['payout', -9, po('po_ours'), 'claimed', 'another amount is a difference, not another thing'],
    ['payout_failure', 10, po('po_ours'), 'claimed', 'its payout was told of it'],
    ['payout_failure', 10, po('po_followed'), 'open', 'its payout is told of it'],
    ['payout', -10, po('po_x', 'payout_sending'), 'open', 'its answer is still on its way'],
    [
      'payout',
      -10,
      po('po_x', 'payout_done'),
      'foreign account>foreign payout-unexpected',
      'twice',
    ],
    ['payout', -10, po('po_x', 'payout_over'), 'foreign account>foreign payout-unexpected', 'late'],
    [
      'payout',
      -10,
      po('po_x', 'payout_others'),
      'foreign account>foreign payout-not-ordered',
      'a copied name',
    ],
    ['payout', -10, po('po_x', 'payout_lost'), 'unknown-payout', 'older than Stripe'],
    ['payout_cancel', 10, po('po_x', 'payout_lost'), 'unknown-payout', 'and that it came back'],
    ['payout', -10, po('po_x'), 'foreign account>foreign payout-not-ordered', 'from the Dashboard'],
    ['payout_failure', 10, po('po_foreign'), 'foreign foreign>account', 'that one came back'],
    [
      'payout_failure',
      10,
      po('po_foreign', 'payout_lost'),
      'foreign foreign>account',
      'a person had said what it was for',
    ],
    [
      'payout_failure',
      10,
      po('po_counted'),
      'foreign foreign>account payout-reversed held',
      'it had counted as paid, so it is owed again',
    ],
    [
      'payment',
      10,
      from('tr_gift', 'payout_lost'),
      'foreign foreign>account payout-unknown held',
      'a person said that it is not owed',
    ],
    [
      'payment',
      10,
      from('tr_paid', 'payout_lost'),
      'foreign foreign>account payout-unknown',
      'a person said that it was owed',
    ],
    [
      'payout',
      -10,
      po('po_gift', 'payout_lost'),
      'foreign account>foreign payout-unknown',
      'a person said that it was not owed',
    ],
    [
      'payout_cancel',
      10,
      po('po_gift', 'payout_lost'),
      'foreign foreign>account payout-unknown held',
      'its first line may come later',
    ],
    ['payout_failure', 11, po('po_foreign', 'payout_lost'), 'unknown-payout', 'more than left'],
    [
      'payout_failure',
      11,
      po('po_foreign'),
      'foreign foreign>account moved-without-us held',
      'and more',
    ],
    ['payout', 10, po('po_x'), 'foreign foreign>account payout-reversed held', 'debited back'],
    ['payout', 10, debitOf('po_settled'), 'open', 'its payout is recorded as returned'],
    ['payout', 10, debitOf('po_followed'), 'open', 'once the bank has had it'],
    ['payout_failure', -10, debitOf('po_settled'), 'open', 'the debit is recorded first'],
    [
      'payout_failure',
      -10,
      debitOf('po_returned'),
      'foreign account>foreign payout-not-ordered',
      'the debit failed after all: the seller has the money',
    ],
    [
      'payout',
      10,
      debitOf('po_ours'),
      'foreign foreign>account payout-reversed held',
      'it had come back before',
    ],
    ['payout', 10, debitOf('po_foreign'), 'foreign foreign>account', 'by the same hand'],
    [
      'payout',
      10,
      debitOf('po_counted'),
      'foreign foreign>account payout-reversed held',
      'it had counted as paid, so it is owed again',
    ],
    ['payment', 10, from('tr_ours'), 'claimed', 'the arrival of a transfer of ours'],
    ['payment', 10, from('tr_x', 'payout_transferring'), 'open', 'its answer is still on its way'],
    [
      'payment',
      10,
      from('tr_x', 'payout_done'),
      'foreign platform>account transfer-unexpected',
      'twice',
    ],
    [
      'payment',
      10,
      from('tr_x', 'payout_over'),
      'foreign platform>account transfer-unexpected',
      'it was said not to be sent',
    ],
    [
      'payment',
      10,
      { ...from('tr_x', 'payout_done'), currency: 'usd' },
      'foreign foreign>account transfer-not-ordered held',
      'in other money, nobody knows what of',
    ],
    ['payment', 10, from('tr_x', 'payout_lost'), 'unknown-payout', 'older than Stripe'],
    [
      'payment',
      10,
      from('tr_x', 'payout_others'),
      'foreign foreign>account transfer-not-ordered held',
      'a copied name',
    ],
    [
      'payment',
      10,
      from('tr_x'),
      'foreign foreign>account transfer-not-ordered held',
      'from the Dashboard',
    ],
    [
      'payment',
      10,
      { ...from('tr_x'), isOfCharge: true },
      'earning owed>account',
      'a destination charge',
    ],
    ['payment', 10, {}, 'earning owed>account', 'a payment straight to the account'],
    ['charge', 10, {}, 'earning owed>account', 'a direct charge, less its fee'],
    ['charge', 7, { id: 'txn_known' }, 'claimed', 'booked before its line was kept'],
    ['charge', -3, {}, 'refund account>owed', 'a charge smaller than its fee'],
    ['refund', -10, { charge: 'ch_1' }, 'refund account>owed', 'the customer has it back'],
    ['refund_failure', 10, { charge: 'ch_1' }, 'refund owed>account', 'the bank did not take it'],
    [
      'payment_refund',
      -10,
      reversal('py_ours'),
      'reversal account>platform reversal-not-ordered held',
      'taken back in the Dashboard',
    ],
    [
      'payment_refund',
      -10,
      reversal('py_income'),
      'refund account>owed',
      'a destination charge given back',
    ],
    [
      'payment_refund',
      -10,
      reversal('py_foreign'),
      'foreign account>foreign',
      'it goes as it came',
    ],
    ['payment_refund', -10, reversal('py_open'), 'open', 'as soon as its arrival is understood'],
    ['payment_refund', -10, reversal('py_x'), 'open', 'as soon as its arrival was read'],
    ['stripe_fee', -2, {}, 'refund account>owed', 'a fee'],
    ['adjustment', -10, {}, 'foreign account>foreign moved-without-us', 'a dispute'],
    [
      'adjustment',
      10,
      {},
      'foreign foreign>account moved-without-us held',
      'money of whatever origin',
    ],
    ['transfer', -10, {}, 'foreign account>foreign moved-without-us', 'an account debit'],
    [
      'something_new',
      -10,
      {},
      'foreign account>foreign moved-without-us',
      'whatever it is, it is gone',
    ],
  ])('%s of %i with %j is %s: %s', (type, net, given, expected) => {
    expect(shown(bookingOf(aMovement(type, net, given), known))).toBe(expected);
  });
});

test.each([
  [{ net: 5, currency: 'eur' }, { net: 5, currency: 'eur' }, true, 'the same'],
  [{ net: 5, currency: 'eur' }, { net: 6, currency: 'eur' }, false, 'another amount'],
  [{ net: 5, currency: 'eur' }, { net: 5, currency: 'usd' }, false, 'converted'],
])('%j beside %j agrees: %s, %s', (line, entry, expected) => {
  expect(agrees(line, entry)).toBe(expected);
});
