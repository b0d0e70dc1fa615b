import { describe, expect, test } from 'vitest';
import type { Candidate } from '../../../domain/payouts/confirmations.ts';
import { type Explainer, sightingOf } from '../../../domain/payouts/look-ups.ts';
import type { MoneyStep } from '../../../domain/stripe.ts';
import { aPayout } from '../../build/payout.ts';

const payout = aPayout({ fromPlatform: 70_00, fromAccount: 30_00, stripeAccount: 'acct_1' });
const { payoutId } = payout;

function candidate(given: Partial<Candidate>): Candidate {
  return {
    id: 'tr_1',
    amount: 70_00,
    currency: 'eur',
    account: 'acct_1',
    payoutId: null,
    takenBack: 'nothing',
    group: null,
    hasFailed: false,
    createdAt: '2026-11-30T10:00:00.000Z',
    ...given,
  };
}

describe('what a look at Stripe finds', () => {
  test.each<
    [
      step: MoneyStep,
      given: Partial<Candidate>,
      by: Explainer | null,
      seen: 'named' | 'alike' | null,
      why: string,
    ]
  >([
    [
      'transfer',
      { payoutId, amount: 1 },
      null,
      'named',
      'it names the payout, whatever its amount',
    ],
    ['transfer', { payoutId }, 'books', 'named', 'a person dismissed it, but it still exists'],
    ['transfer', { payoutId }, 'payout', null, 'another payout of ours has it'],
    ['transfer', { payoutId, takenBack: 'all' }, null, null, 'its money came back'],
    ['transfer', { payoutId, takenBack: 'a part' }, null, 'named', 'some of its money is there'],
    ['payout', { payoutId, hasFailed: true }, null, 'named', 'a look-up books it and its return'],
    ['transfer', {}, null, 'alike', 'the same account, amount and currency'],
    ['payout', { amount: 100_00 }, null, 'alike', 'a payout has both parts'],
    ['payout', {}, null, null, 'a payout of one part is another payment'],
    ['payout', { amount: 100_00, hasFailed: true }, null, null, 'its money is at the account'],
    ['transfer', {}, 'books', null, 'the books or a person explain it'],
    ['transfer', {}, 'payout', null, 'another payout of ours has it'],
    ['transfer', { amount: 70_01 }, null, null, 'another amount'],
    ['transfer', { currency: 'usd' }, null, null, 'another currency'],
    ['transfer', { account: 'acct_2' }, null, null, 'another account'],
    ['transfer', { payoutId: 'payout_2' }, null, 'alike', 'no payout of ours has it'],
    ['transfer', { group: payoutId, amount: 1 }, null, 'alike', 'it is in the payout’s group'],
  ])('for a %s, %o explained by %s is seen as %s: %s', (step, given, by, seen) => {
    const one = candidate(given);
    const explained = new Map(by === null ? [] : [[one.id, by]]);
    const sighting = sightingOf(payout, step, [one], explained);
    expect(sighting && (sighting.isNamed ? 'named' : 'alike')).toBe(seen);
    if (sighting) expect(sighting.says).toContain(one.id);
  });

  test('is first what names the payout', () => {
    const named = candidate({ id: 'tr_2', payoutId });
    const sighting = sightingOf(payout, 'transfer', [candidate({}), named], new Map());
    expect(sighting).toMatchObject({ id: 'tr_2', isNamed: true });
  });
});
