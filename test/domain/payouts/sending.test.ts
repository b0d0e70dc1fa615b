import { describe, expect, test } from 'vitest';
import type { HoldSource } from '../../../domain/holds.ts';
import {
  type Brake,
  type BrakeFacts,
  brakeOf,
  type LastingBrake,
  mayHaveBeenDone,
  type SendingStop,
  stopBeforeSending,
  waitOfBrake,
} from '../../../domain/payouts/sending.ts';
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
  [
    'the account may not pay out',
    'transfer',
    { lacksCapability: true },
    { reason: 'capability', minutes: 24 * 60 },
  ],
  [
    'only Stripe knows whether it pays money at the account out',
    'payout',
    { lacksCapability: true },
    null,
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

describe('a payout whose money is reserved', () => {
  const free = { holds: [], free: 0, currency: 'eur' } as const;
  const none = { isCancelOrdered: false, isSellerPaused: false, isBankPaused: false, ...free };
  const hold = (amount: number | null, currency: string | null = 'eur') => {
    return { currency, amount, expiresAt: null, source: 'operator' as HoldSource };
  };

  test.each<[why: string, of: Partial<BrakeFacts>, brake: Brake | null]>([
    ['nothing is on', {}, null],
    ['somebody canceled it', { isCancelOrdered: true, isSellerPaused: true }, 'canceled'],
    ['the seller is paused', { isSellerPaused: true, isBankPaused: true }, 'paused'],
    ['its bank account is paused', { isBankPaused: true, holds: [hold(null)] }, 'bank-paused'],
    ['everything is held', { holds: [hold(null, null)], free: 100 }, 'held'],
    ['everything in its currency is held', { holds: [hold(null)], free: 100 }, 'held'],
    ['everything in another currency is held', { holds: [hold(null, 'usd')] }, null],
    ['other money covers the holds', { holds: [hold(60), hold(40)], free: 100 }, null],
    ['the engine holds money that has left', { holds: [{ ...hold(60), source: 'system' }] }, null],
    [
      'a person holds some beside the engine',
      { holds: [{ ...hold(60), source: 'system' }, hold(1)], free: 60 },
      'partly-held',
    ],
    ['the holds need its money', { holds: [hold(60), hold(41)], free: 100 }, 'partly-held'],
  ])('is braked if %s', (_why, of, brake) => {
    expect(brakeOf({ ...none, ...of })).toBe(brake);
  });

  test.each<[LastingBrake, endsAt: string | null, SendingStop]>([
    ['paused', later, { reason: 'seller-paused', minutes: 24 * 60 }],
    ['bank-paused', null, bankDetails],
    ['held', null, { reason: 'hold', minutes: 24 * 60 }],
    ['held', later, { reason: 'hold', minutes: 120 }],
    ['held', '2026-12-27T09:00:00.000Z', { reason: 'hold', minutes: 24 * 60 }],
  ])('and %s until %s waits', (brake, holdEndsAt, stop) => {
    expect(waitOfBrake(brake, { now, holdEndsAt })).toEqual(stop);
  });

  test('that Stripe may have paid goes on, and one that it certainly did not pay does not', () => {
    const tried = { state: 'started', tries: 2 } as const;
    expect(mayHaveBeenDone({ ...tried, deniedTries: 1 })).toBe(true);
    expect(mayHaveBeenDone({ ...tried, deniedTries: 2 })).toBe(false);
    expect(mayHaveBeenDone({ state: 'unknown', tries: 1, deniedTries: 1 })).toBe(true);
    expect(mayHaveBeenDone(undefined)).toBe(false);
  });
});
