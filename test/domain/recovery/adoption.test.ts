import { expect, test } from 'vitest';
import { payoutStatuses } from '../../../domain/payouts/states.ts';
import { cancelAnswerOfAdopted, reservesNothing } from '../../../domain/recovery/adoption.ts';

test('a payout reserves nothing if it is lost, has not begun, or ended before Stripe had it', () => {
  expect(reservesNothing(undefined)).toBe(true);
  const empty = (stripePayoutId: `po_${string}` | null) =>
    payoutStatuses.filter((status) => reservesNothing({ status, stripePayoutId }));
  expect(empty(null)).toEqual(['requested', 'canceled', 'skipped']);
  expect(empty('po_1')).toEqual(['requested']);
});

test('an order to cancel a payout that Stripe made meanwhile was not asked of Stripe', () => {
  expect(cancelAnswerOfAdopted('2026-01-02T00:00:00.000Z')).toBe('not-asked');
  expect(cancelAnswerOfAdopted(null)).toBe(null);
});
