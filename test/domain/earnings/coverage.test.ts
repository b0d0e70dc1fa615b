import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ChargedEarning,
  type ChargeFacts,
  coverageOf,
  sayShortfall,
  type Share,
  type Shortfall,
} from '../../../domain/earnings/coverage.ts';
import { aCharge } from '../../build/movement.ts';

/** An earning of 80.00 EUR of a seller with the account `acct_own`. */
function anEarning(given: Partial<ChargedEarning> = {}): ChargedEarning {
  return { amount: 80_00, currency: 'eur', account: 'acct_own', isPaidByCharge: false, ...given };
}

const share = (amount: number, given: Partial<Share> = {}): Share => {
  return { amount, currency: 'eur', account: null, ...given };
};

describe('a charge covers of an earning of 80.00', () => {
  type Row = [
    why: string,
    charge: Partial<ChargeFacts>,
    others: Share[],
    covered: number,
    shortfall: Shortfall | null,
  ];
  const inDollars = { currency: 'usd', captured: 200_00 };
  test.each<Row>([
    ['everything, if nothing was lost', {}, [], 80_00, null],
    ['everything, if the refund leaves enough', { refunded: 20_00 }, [], 80_00, null],
    ['what a refund leaves', { refunded: 50_00 }, [], 50_00, 'refunded'],
    ['nothing after a full refund', { refunded: 100_00 }, [], 0, 'refunded'],
    ['what it brought, if that is less', { captured: 60_00 }, [], 60_00, 'too-small'],
    ['what another earning leaves', {}, [share(50_00)], 50_00, 'shared'],
    ['nothing, if others have everything', {}, [share(70_00), share(40_00)], 0, 'shared'],
    ['nothing, if it failed', { isFailed: true }, [], 0, 'failed'],
    ['nothing while it is disputed', { isDisputed: true }, [], 0, 'disputed'],
    [
      'nothing, if it pays the seller by itself',
      { passesOn: { account: 'acct_own', amount: 1_00 } },
      [],
      0,
      'pays-seller',
    ],
    [
      'what it does not pass on to another account',
      { passesOn: { account: 'acct_other', amount: 75_00 } },
      [],
      25_00,
      'shared',
    ],
    [
      'the same, if that account’s books show what it passed on',
      { passesOn: { account: 'acct_other', amount: 75_00 } },
      [share(75_00, { account: 'acct_other' })],
      25_00,
      'shared',
    ],
    ['nothing, if it is in another currency', { currency: 'usd' }, [], 0, 'other-currency'],
    [
      'everything, if Stripe converted it to the currency of the earning',
      { ...inDollars, settled: { amount: 170_00, currency: 'eur' } },
      [],
      80_00,
      null,
    ],
    [
      'what a refund in the charge’s own currency leaves, in proportion',
      { ...inDollars, refunded: 133_33, settled: { amount: 150_00, currency: 'eur' } },
      [],
      50_00,
      'refunded',
    ],
    [
      'what an earning in the charge’s own currency leaves',
      { ...inDollars, settled: { amount: 150_00, currency: 'eur' } },
      [share(100_00, { currency: 'usd' })],
      75_00,
      'shared',
    ],
    [
      'nothing beside an earning in a third currency',
      {},
      [share(1, { currency: 'gbp' })],
      0,
      'shared',
    ],
  ])('%s', (_why, charge, others, covered, why) => {
    expect(coverageOf(anEarning(), aCharge(charge), others)).toEqual({ covered, why });
  });

  test('nothing, if the books show that it paid the seller by itself', () => {
    const earning = anEarning({ isPaidByCharge: true });
    expect(coverageOf(earning, aCharge(), [])).toEqual({ covered: 0, why: 'pays-seller' });
  });
});

test('all earnings that name a charge never get more than the charge kept, in any order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 200_00 }), { maxLength: 6 }),
      fc.integer({ min: 0, max: 100_00 }),
      fc.integer({ min: 0, max: 100_00 }),
      (amounts, refunded, passed) => {
        const passesOn = passed === 0 ? null : { account: 'acct_other', amount: passed };
        const charge = aCharge({ refunded, passesOn });
        const given: Share[] = [];
        for (const amount of amounts) {
          const { covered, why } = coverageOf(anEarning({ amount }), charge, given);
          expect(covered).toBeGreaterThanOrEqual(0);
          expect(why === null).toBe(covered === amount);
          given.push(share(covered));
        }
        const sum = given.reduce((total, { amount }) => total + amount, 0);
        expect(sum).toBeLessThanOrEqual(Math.max(0, 100_00 - refunded - passed));
      },
    ),
  );
});

test('a shortfall says why, and how much is covered', () => {
  const of = { charge: 'ch_1', amount: 80_00, currency: 'eur' };
  expect(sayShortfall('refunded', { ...of, covered: 50_00 })).toBe(
    'Charge ch_1 was refunded, in part or as a whole. The charge covers 50.00 EUR of the 80.00 EUR that the earning promises',
  );
  expect(sayShortfall('failed', { ...of, covered: 0 })).toBe(
    'Charge ch_1 failed. The charge covers nothing of the 80.00 EUR that the earning promises',
  );
});
