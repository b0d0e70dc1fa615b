import { describe, expect, test } from 'vitest';
import {
  comingPaydays,
  type ExpectedFunds,
  forecastPayday,
  nextPayday,
  type Payee,
} from '../../../domain/paydays/forecast.ts';
import { noClaims } from '../../../domain/paydays/plan.ts';
import { manualSchedule } from '../../../domain/paydays/schedule.ts';
import { emptyFunds } from '../../build/seller.ts';

const schedule = { ...manualSchedule, interval: 'daily' as const, minimums: { eur: 10_00 } };
const payee: Payee = { status: 'active', isPaused: false, isMoneyStopped: false, schedule };
const funds: ExpectedFunds = { ...emptyFunds, atPlatform: 100_00, ordered: noClaims };
const friday = '2026-11-27T08:00:00.000Z';
const thursday = '2026-11-26T08:00:00.000Z';
const all = { currency: 'eur', amount: null, expiresAt: null };
const lacksBank = true;

describe('a payday', () => {
  test.each<[why: string, payee: Partial<Payee>, funds: Partial<ExpectedFunds>, told: object]>([
    ['pays what is there', {}, {}, { pays: 100_00, fromPlatform: 100_00, reason: null }],
    [
      'needs nothing of the platform for what is at the account',
      {},
      { atAccount: 30_00 },
      { pays: 130_00, fromPlatform: 100_00 },
    ],
    [
      'pays what orders leave, and they take what is at the account first',
      {},
      { atAccount: 30_00, ordered: { ...noClaims, amount: 50_00 } },
      { pays: 80_00, fromPlatform: 80_00 },
    ],
    [
      'has nothing where orders take all',
      {},
      { ordered: { ...noClaims, amount: 100_00 } },
      { pays: 0, reason: 'nothing-payable' },
    ],
    [
      'pays beside a hold what it leaves',
      {},
      { holds: [{ ...all, amount: 20_00 }] },
      { pays: 80_00, held: 20_00, reason: null },
    ],
    [
      'pays nothing where all is held',
      {},
      { holds: [all] },
      { pays: 0, held: 100_00, wouldPay: 100_00, reason: 'on-hold' },
    ],
    [
      'pays what was held until before it',
      {},
      { holds: [{ ...all, expiresAt: thursday }] },
      { pays: 100_00, held: 0, reason: null },
    ],
    [
      'leaves what is below the minimum',
      {},
      { atPlatform: 9_99 },
      { pays: 0, leaves: 9_99, wouldPay: 9_99, reason: 'below-minimum' },
    ],
    [
      'pays nothing while the account is below zero',
      {},
      { atAccount: -5_00 },
      { pays: 0, fromPlatform: 0, reason: 'account-negative' },
    ],
    [
      'pays nobody who is paused',
      { isPaused: true },
      {},
      { pays: 0, leaves: 100_00, wouldPay: 100_00, reason: 'seller-paused' },
    ],
    [
      'names the pause before what a payday would find',
      { isPaused: true },
      { holds: [all] },
      { reason: 'seller-paused' },
    ],
    [
      'pays nobody who is restricted',
      { status: 'restricted' },
      {},
      { reason: 'seller-not-active' },
    ],
    ['sends nothing to a bank that failed', {}, { isBankPaused: true }, { reason: 'bank-details' }],
    [
      'sends nothing that Stripe would convert',
      {},
      { isConverted: true },
      { pays: 0, wouldPay: 100_00, reason: 'bank-details' },
    ],
    [
      'sends nothing to a bank that cools then',
      {},
      { coolsUntil: '2026-11-28T08:00:00.000Z' },
      { reason: 'cooling-period' },
    ],
    ['sends to a bank that has cooled by then', {}, { coolsUntil: thursday }, { reason: null }],
    [
      'sends nothing behind a payout that waits for a person',
      {},
      { isBehindParked: true },
      { pays: 0, wouldPay: 100_00, reason: 'another-payout' },
    ],
    [
      'joins an order that the bank account stops, and so needs no minimum of its own',
      {},
      { atPlatform: 105_00, ordered: { ...noClaims, amount: 100_00, isOfAll: true }, lacksBank },
      { pays: 0, wouldPay: 5_00, reason: 'bank-details' },
    ],
    [
      'needs its minimum again once the order for everything has gone',
      {},
      { atPlatform: 105_00, ordered: { ...noClaims, amount: 100_00, isOfAll: true } },
      { pays: 0, wouldPay: 5_00, reason: 'below-minimum' },
    ],
    [
      'joins an order that waits for a hold',
      {},
      { atPlatform: 5_00, ordered: { ...noClaims, isOfAll: true, isHeld: true } },
      { pays: 5_00, reason: null },
    ],
    [
      'moves nothing while money is stopped',
      { isMoneyStopped: true },
      {},
      { reason: 'money-stopped' },
    ],
    [
      'says that nothing is there before why it would not be paid',
      { isPaused: true },
      { atPlatform: 0 },
      { pays: 0, reason: 'nothing-payable' },
    ],
    [
      'leaves what comes later',
      {},
      { notYetAvailable: 60_00 },
      { pays: 40_00, notYetAvailable: 60_00, leaves: 0 },
    ],
  ])('%s', (_why, who, has, told) => {
    expect(forecastPayday({ ...payee, ...who }, { ...funds, ...has }, friday)).toMatchObject(told);
  });
});

describe('the next payday', () => {
  const around = { latest: thursday, upcoming: [friday] };
  const week = '2026-11-20T08:00:00.000Z';
  const now = '2026-11-26T12:00:00.000Z';
  test.each<[why: string, next: string | null, dates: string[]]>([
    ['none without a schedule', null, []],
    ['the one that is planned', friday, [friday]],
    ['the latest of those that passed, or the one to come', week, [thursday, friday]],
    ['the one that passed, where no later one did', thursday, [thursday, friday]],
  ])('is %s', (_why, next, dates) => {
    expect(comingPaydays(next, around, now)).toEqual(dates);
  });

  test('is one that passed only while money waits for it', () => {
    const at = (date: string, wouldPay: number) => {
      return { at: date, forecasts: [{ ...forecastPayday(payee, funds, date), wouldPay }] };
    };
    expect(nextPayday([at(thursday, 5), at(friday, 9)])?.at).toBe(thursday);
    expect(nextPayday([at(thursday, 0), at(friday, 9)])?.at).toBe(friday);
    expect(nextPayday([at(thursday, 0), at(friday, 0)])?.at).toBe(friday);
    expect(nextPayday([])).toBeUndefined();
  });
});
