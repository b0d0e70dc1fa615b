import { expect, test } from 'vitest';
import { type SendingStop, stopBeforeSending } from '../../../domain/payouts/sending.ts';
import type { Payout } from '../../../domain/payouts/states.ts';
import type { MoneyStep } from '../../../domain/stripe.ts';
import { aPayout } from '../../build/payout.ts';

const now = '2026-11-27T09:00:00.000Z';
const later = '2026-11-27T11:00:00.000Z';
const bankDetails = { reason: 'bank-details', minutes: 24 * 60 } as const;

test.each<[why: string, step: MoneyStep, of: Partial<Payout>, stop: SendingStop | null]>([
  ['nothing is in the way', 'transfer', {}, null],
  ['nothing is in the way', 'payout', {}, null],
  ['payouts there failed', 'payout', { bankPaused: true }, bankDetails],
  ['no payout could follow', 'transfer', { bankPaused: true }, bankDetails],
  ['no bank account takes the currency', 'payout', { lacksBank: true }, bankDetails],
  ['no payout could follow', 'transfer', { lacksBank: true }, bankDetails],
  ['Stripe would convert the transfer', 'transfer', { isConverted: true }, bankDetails],
  ['the money is at the account already', 'payout', { isConverted: true }, null],
  [
    'the bank account was changed',
    'payout',
    { coolsUntil: later },
    { reason: 'cooling-period', minutes: 120 },
  ],
  [
    'somebody else may have paid the same',
    'transfer',
    { unordered: 'disc_1' },
    { reason: 'unordered-money', minutes: 60 },
  ],
  [
    'somebody else may have paid the same',
    'payout',
    { unordered: 'disc_1', bankPaused: true },
    { reason: 'unordered-money', minutes: 60 },
  ],
  ['the account was not changed', 'transfer', { coolsUntil: later }, null],
  [
    'a bank account that failed does not get better by time',
    'payout',
    { bankPaused: true, coolsUntil: later },
    bankDetails,
  ],
  [
    'Stripe pays the account out by itself',
    'transfer',
    { payoutsAreManual: false },
    { reason: 'automatic-payouts', minutes: 60 },
  ],
  [
    'Stripe pays the account out by itself',
    'payout',
    { payoutsAreManual: false },
    { reason: 'automatic-payouts', minutes: 60 },
  ],
])('%s: before the %s', (_why, step, of, stop) => {
  const payout = aPayout({ now, payoutsAreManual: true, ...of });
  expect(stopBeforeSending(payout, step)).toEqual(stop);
});
