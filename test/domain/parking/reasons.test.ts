import { expect, test } from 'vitest';
import {
  isUnknown,
  offers,
  type PayoutPark,
  payoutParkOf,
  type SellerPark,
  sellerParkOf,
} from '../../../domain/parking/reasons.ts';

test.each<[PayoutPark | SellerPark, boolean, boolean, boolean, string]>([
  // reason                     retry  cancel unknown why
  ['outcome-unknown', false, false, true, 'trying again might pay twice'],
  [
    'refused-by-stripe',
    true,
    true,
    false,
    'nothing moved, so the money is where the ledger has it',
  ],
  ['unexpected-state', true, false, false, 'money moved, so the payout looks again'],
  ['late', false, false, false, 'a person decides about each late payout by itself'],
  ['waits-too-long', false, false, false, 'the explanation says what ends the wait'],
  ['overdue', false, false, false, 'the workflow continues by itself'],
  ['seller-overdue', false, false, false, 'the workflow continues by itself'],
  ['account-refused', true, false, false, 'no account was made'],
  ['account-outcome-unknown', false, false, true, 'trying again might make a second account'],
  ['account-rejected', false, false, false, 'only the platform or Stripe can take it back'],
  ['bank-account-shared', false, false, false, 'a person asks the seller first'],
  ['account-unreadable', false, false, false, 'it continues when the account can be read'],
  ['no-route', false, false, false, 'a person pays the seller in another way'],
  ['manual-payouts-refused', true, false, false, 'the setting may work by now'],
  ['account-overdue', false, false, false, 'the engine tries again by itself'],
  ['money-after-close', true, false, false, 'the money may stay where it is'],
  ['returned-after-close', true, false, false, 'the money may stay where it is'],
])('%s: retry %s, cancel %s, look first %s: %s', (reason, retry, cancel, look) => {
  expect(offers(reason, 'retry')).toBe(retry);
  expect(offers(reason, 'cancel')).toBe(cancel);
  expect(isUnknown(reason)).toBe(look);
});

test.each([
  ['transfer', 'tr_...'],
  ['payout', 'po_...'],
] as const)('a lost answer about a %s asks for the id that begins as Stripe’s do', (step, id) => {
  const is = { unknownStep: step, isAtAccount: step === 'payout' } as const;
  const of = { id: 'payout_1', parkedDetail: 'tr_1: it was reversed', ...is } as const;
  const { explanation, commands } = payoutParkOf('outcome-unknown', of);
  expect(explanation).toContain(`${step}. Look for payout_1 at Stripe`);
  expect(explanation).toContain('tr_1: it was reversed');
  expect(commands[0]).toMatchObject({
    path: '/v1/payouts/payout_1/confirm-sent',
    body: { stripeId: id },
  });
});

test('a command of a seller that closes or reopens it asks for a reason', () => {
  const { commands } = sellerParkOf('returned-after-close', 'sel_1');
  expect(commands.map(({ path, body }) => [path, body])).toEqual([
    ['/v1/sellers/sel_1/reopen', { reason: '...' }],
    ['/v1/sellers/sel_1/retry', {}],
  ]);
});
