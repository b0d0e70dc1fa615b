import { describe, expect, test } from 'vitest';
import { lookUpDelaysMinutes } from '../../../domain/payouts/look-ups.ts';
import { answerTo } from '../../../domain/payouts/after-refusal.ts';
import { keyAgeLimitHours } from '../../../domain/stripe.ts';

describe('a refusal', () => {
  test.each([
    // refusal                 step        answer                            why
    ['balance-insufficient', 'transfer', 'wait platform-balance 60', 'the platform has too little'],
    ['balance-insufficient', 'payout', 'wait account-balance 60', 'the account has too little'],
    ['capability-missing', 'transfer', 'wait capability 1440', 'Stripe or the seller changes it'],
    ['capability-missing', 'payout', 'wait capability 1440', 'Stripe or the seller changes it'],
    ['bank-details', 'payout', 'wait bank-details 1440', 'the seller changes them'],
    ['limit-reached', 'payout', 'wait stripe-limit 60', 'limits are by time'],
    ['permission-missing', 'transfer', 'wait stripe-key 15', 'an operator changes the key'],
    ['account-left', 'payout', 'park unexpected-state', 'only the seller has the money'],
    ['account-left', 'transfer', 'park refused-by-stripe', 'the money is at the platform'],
    ['confirmed-not-sent', 'payout', 'park refused-by-stripe', 'a person decided'],
    ['other', 'transfer', 'park refused-by-stripe', 'nobody knows what would change'],
    ['other', 'payout', 'park refused-by-stripe', 'nobody knows what would change'],
  ] as const)('%s of a %s is answered by %s: %s', (refusal, step, expected, _why) => {
    const answer = answerTo(refusal, step);
    const said = answer.kind === 'wait' ? `${answer.for} ${answer.minutes}` : answer.reason;
    expect(`${answer.kind} ${said}`).toBe(expected);
  });
});

test('an unknown outcome is looked up at once, after 1, 10 and 60 minutes', () => {
  expect(lookUpDelaysMinutes).toEqual([0, 1, 10, 60]);
});

test('a key is posted for half as long as Stripe knows it, at most', () => {
  expect(keyAgeLimitHours).toBeLessThanOrEqual(24 / 2);
});
