import { describe, expect, test } from 'vitest';
import { type Candidate, differenceOf, missing } from '../../../domain/payouts/confirmations.ts';
import type { MoneyStep } from '../../../domain/stripe.ts';
import { aPayout } from '../../build/payout.ts';

const payout = aPayout({ fromPlatform: 70_00, fromAccount: 30_00, stripeAccount: 'acct_1' });
const { payoutId } = payout;

function found(given: Partial<Candidate> = {}): Candidate {
  const it = { id: 'tr_1', amount: 70_00, currency: 'eur', account: 'acct_1' };
  const made = { group: payoutId, hasFailed: false, createdAt: '2026-11-30T10:00:00.000Z' };
  return { ...it, ...made, payoutId, takenBack: 'nothing', ...given };
}

describe('what is found at Stripe', () => {
  test.each<[step: MoneyStep, given: Partial<Candidate>, says: string | null, why: string]>([
    ['transfer', {}, null, 'it is the very thing'],
    ['payout', { amount: 100_00 }, null, 'a payout carries both parts'],
    ['transfer', { amount: 100_00 }, 'of 100.00 EUR, not of 70.00 EUR', 'a transfer brings one'],
    ['payout', {}, 'of 70.00 EUR, not of 100.00 EUR', 'a payout of one part is another'],
    [
      'transfer',
      { currency: 'usd' },
      'of 70.00 USD, not of 70.00 EUR',
      'the same number is not it',
    ],
    ['transfer', { currency: 'jpy' }, 'of 7000 JPY, not of 70.00 EUR', 'each in its own units'],
    ['transfer', { account: 'acct_2' }, 'for acct_2, not for acct_1', 'another seller has it'],
    ['transfer', { account: null }, 'for no account', 'nobody has it'],
    ['transfer', { payoutId: null }, 'does not say payout_id', 'anybody could have made it'],
    ['transfer', { payoutId: 'payout_2' }, 'does not say payout_id', 'another payout made it'],
    ['transfer', { takenBack: 'all' }, 'all of it was reversed', 'the seller has it no more'],
    ['transfer', { takenBack: 'a part' }, 'a part of it was reversed', 'the seller has less'],
  ])('for a %s, %j: %s, since %s', (step, given, says) => {
    const difference = differenceOf(payout, step, found(given));
    if (says === null) expect(difference).toBeNull();
    else expect(difference).toContain(says);
  });

  test('is told with all that is wrong', () => {
    const wrong = found({ amount: 1, account: 'acct_2', payoutId: null, takenBack: 'all' });
    expect(differenceOf(payout, 'transfer', wrong)?.split('; ')).toHaveLength(4);
  });

  test('is nothing where nothing has the id', () => {
    expect(missing('tr_2', 'transfer', payout)).toBe('tr_2: Stripe has no such transfer');
    expect(missing('po_2', 'payout', payout)).toBe('po_2: acct_1 has no such payout');
  });
});
