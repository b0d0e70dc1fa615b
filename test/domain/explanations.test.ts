import { describe, expect, test } from 'vitest';
import { commandsFor, describePayout } from '../../domain/explanations.ts';
import { nextStep } from '../../domain/payout.ts';
import { aPayout, later } from './payout.ts';

describe('the details of a payout', () => {
  test('say what it does, how much it carries and until when it waits', () => {
    const payout = aPayout({
      status: 'reserved',
      fromPlatform: 70_00,
      fromAccount: 30_00,
      stripeAccount: 'acct_1',
      waitingFor: 'platform-balance',
      lookAgainAt: later,
    });
    const details = describePayout(payout, nextStep(payout, false));
    expect(details).toContain(`**reserved**: waits for platform-balance, until ${later}`);
    expect(details).toContain('100.00 EUR');
    expect(details).toContain('acct_1');
    expect(details).not.toContain('Needs a person');
  });

  test('of a payout that stopped say what was found that is not it', () => {
    const parkedDetail = 'tr_1: it was reversed';
    const payout = aPayout({ status: 'reserved', parked: 'outcome-unknown', parkedDetail });
    expect(describePayout(payout, nextStep(payout, false))).toContain(parkedDetail);
  });

  test.each([
    ['outcome-unknown', ['confirm-sent', 'confirm-not-sent']],
    ['refused-by-stripe', ['retry']],
    ['unexpected-state', ['retry']],
  ] as const)('of a payout parked for %s name every call that ends it: %j', (parked, names) => {
    const payout = aPayout({ status: 'reserved', parked });
    const calls = names.map((name) => `POST /v1/payouts/${payout.payoutId}/${name}`);
    expect(commandsFor(payout)).toEqual(calls);
    const details = describePayout(payout, nextStep(payout, false));
    for (const call of calls) expect(details).toContain(call);
  });
});
