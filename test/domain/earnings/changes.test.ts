import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ChangeFacts,
  correctedEntries,
  type EarningOrder,
  planChange,
  sayChangeRefusal,
} from '../../../domain/earnings/changes.ts';

const owed: ChangeFacts = {
  place: 'platform',
  amount: 80_00,
  charge: 'ch_1',
  allocated: 0,
  isWithdrawn: false,
};
const withdraw: EarningOrder = { kind: 'withdraw' };
const correct = (change: { amount?: number; charge?: string | null }): EarningOrder => {
  return { kind: 'correct', ...change };
};

describe('an earning', () => {
  test.each<[why: string, order: EarningOrder, facts: Partial<ChangeFacts>, plan: string]>([
    ['that no payout contains is withdrawn', withdraw, {}, 'change 0 ch_1'],
    ['that is withdrawn stays so', withdraw, { isWithdrawn: true, amount: 0 }, 'nothing'],
    ['in a payout is not withdrawn', withdraw, { allocated: 1 }, 'refuse in-payouts'],
    ['at the account belongs to Stripe', withdraw, { place: 'account' }, 'refuse at-account'],
    ['gets a lower amount', correct({ amount: 50_00 }), {}, 'change 5000 ch_1'],
    ['gets a higher amount', correct({ amount: 90_00 }), {}, 'change 9000 ch_1'],
    ['gets another charge', correct({ charge: 'ch_2' }), {}, 'change 8000 ch_2'],
    ['loses its charge', correct({ charge: null }), {}, 'change 8000 null'],
    ['gets both', correct({ amount: 1, charge: 'ch_2' }), {}, 'change 1 ch_2'],
    ['is as it should be', correct({ amount: 80_00, charge: 'ch_1' }), {}, 'nothing'],
    ['keeps what is paid', correct({ amount: 30_00 }), { allocated: 30_00 }, 'change 3000 ch_1'],
    ['paid in part', correct({ amount: 29_99 }), { allocated: 30_00 }, 'refuse in-payouts'],
    ['paid for a charge', correct({ charge: 'ch_2' }), { allocated: 1 }, 'refuse in-payouts'],
    ['that is gone', correct({ amount: 1 }), { isWithdrawn: true, amount: 0 }, 'refuse withdrawn'],
    ['as income', correct({ amount: 1 }), { place: 'account' }, 'refuse at-account'],
  ])('%s', (_why, order, facts, wanted) => {
    const plan = planChange(order, { ...owed, ...facts });
    const says = {
      change: () => (plan.kind === 'change' ? `change ${plan.amount} ${plan.charge}` : ''),
      nothing: () => 'nothing',
      refuse: () => (plan.kind === 'refuse' ? `refuse ${plan.why}` : ''),
    };
    expect(says[plan.kind]()).toBe(wanted);
  });

  test('never falls below what payouts contain, and its entry makes up the difference', () => {
    const amounts = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(amounts, amounts, fc.nat(100), (amount, wanted, part) => {
        const allocated = Math.min(amount, part);
        const plan = planChange(correct({ amount: wanted }), { ...owed, amount, allocated });
        const after = plan.kind === 'change' ? plan.amount : amount;
        expect(after).toBeGreaterThanOrEqual(allocated);
        const change = { earningId: 'earn_1', sellerId: 'sel_1', currency: 'eur' } as const;
        const entries = correctedEntries({ ...change, number: 1, before: amount, after });
        const moved = entries.map((one) => (one.to === 'platform' ? 1 : -1) * one.amount);
        expect(moved.reduce((sum, one) => sum + one, 0)).toBe(after - amount);
      }),
    );
  });
});

describe('a refusal to change an earning', () => {
  const earning = { id: 'earn_1', currency: 'eur', allocated: 30_00 } as const;

  test('names the payout to cancel, if none of them was sent', () => {
    const payouts = [{ payoutId: 'payout_1', isSent: false } as const];
    const said = sayChangeRefusal('in-payouts', earning, payouts);
    expect(said).toContain('30.00 EUR');
    expect(said).toContain('POST /v1/payouts/payout_1/cancel');
  });

  test('says how far the amount can be corrected, if one of them was sent', () => {
    const payouts = [{ payoutId: 'payout_1', isSent: true } as const];
    const said = sayChangeRefusal('in-payouts', earning, payouts);
    expect(said).toContain('corrected to 30.00 EUR or more');
    expect(said).not.toContain('/cancel');
  });
});
