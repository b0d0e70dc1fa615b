import { describe, expect, test } from 'vitest';
import { payoutBefore } from '../../../domain/payouts/queue.ts';
import type { PayoutStatus } from '../../../domain/payouts/states.ts';
import { before, later, noon } from '../../build/payout.ts';

describe('the payout that goes before another of its seller', () => {
  const queued = (id: string, change: object = {}) => ({
    id: `payout_${id}` as const,
    currency: 'eur',
    status: 'requested' as PayoutStatus,
    createdAt: noon,
    startedAt: null as string | null,
    ...change,
  });
  test.each([
    // why                                   others                                                   goes first
    ['nothing', [], undefined],
    ['one in flight, started or not', [queued('b', { status: 'reserved' })], 'payout_b'],
    ['one that started', [queued('b', { startedAt: noon, createdAt: later })], 'payout_b'],
    ['the one ordered earlier', [queued('b', { createdAt: before })], 'payout_b'],
    [
      'the one of the smaller id, where both were ordered at once',
      [queued('0', { createdAt: noon })],
      'payout_0',
    ],
    [
      'no larger id, where both were ordered at once',
      [queued('b', { createdAt: noon })],
      undefined,
    ],
    ['no later order', [queued('b', { createdAt: later })], undefined],
    ['none of other money', [queued('b', { status: 'reserved', currency: 'usd' })], undefined],
    ['none that Stripe has', [queued('b', { status: 'sent', createdAt: before })], undefined],
    [
      'what is in flight, before what is only ordered',
      [queued('b', { createdAt: before }), queued('c', { status: 'transferred' })],
      'payout_c',
    ],
  ])('is %s', (_why, others, first) => {
    const own = queued('a');
    expect(payoutBefore(own, [own, ...others])?.id).toBe(first);
  });
});
