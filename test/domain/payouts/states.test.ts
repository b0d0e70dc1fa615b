import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isFollowed,
  isOver,
  mayPayOut,
  mayTransfer,
  nextStep,
  type PayoutStatus,
  payoutStatuses,
} from '../../../domain/payouts/states.ts';
import { recorderOfReturn } from '../../../domain/payouts/transitions.ts';
import type { ParkReason } from '../../../domain/parking/reasons.ts';
import type { WaitReason } from '../../../domain/waits.ts';
import { aPayout, before, later, noon } from '../../build/payout.ts';

const stepOf: Record<PayoutStatus, string> = {
  requested: 'reserve',
  reserved: 'transfer',
  transferred: 'payout',
  sent: 'follow',
  paid: 'settle',
  settled: 'over',
  failed: 'over',
  returned: 'over',
  canceled: 'over',
  skipped: 'over',
  'paid-elsewhere': 'over',
};
const open = payoutStatuses.filter((status) => stepOf[status] !== 'over');
const reasons: readonly WaitReason[] = [
  'seller-not-active',
  'another-payout',
  'platform-balance',
  'account-balance',
  'arrival',
  'capability',
  'bank-details',
  'cooling-period',
  'automatic-payouts',
  'stripe-limit',
  'money-stopped',
  'outcome-look-up',
  'bank',
  'late-return',
];
const parkReasons: readonly ParkReason[] = [
  'outcome-unknown',
  'refused-by-stripe',
  'unexpected-state',
];

describe('a payout', () => {
  test.each(payoutStatuses)(
    'that is %s and waits for nothing takes the step of its state',
    (status) => {
      expect(nextStep(aPayout({ status }), false)).toEqual({ kind: stepOf[status] });
      expect(isOver({ status })).toBe(stepOf[status] === 'over');
    },
  );

  test.each([
    // waits for           until   woken  does            why
    ['platform-balance', later, false, 'wait', 'nothing happened yet'],
    ['platform-balance', later, true, 'transfer', 'money may have come'],
    ['platform-balance', noon, false, 'transfer', 'the deadline is now'],
    ['platform-balance', before, false, 'transfer', 'the deadline has passed'],
    ['platform-balance', null, false, 'transfer', 'a wait without a deadline would be for ever'],
    ['arrival', later, true, 'wait', 'a knock does not bring money sooner'],
    ['arrival', noon, false, 'transfer', 'the money is there'],
    ['outcome-look-up', later, true, 'wait', 'Stripe lists lag; a knock tells nothing'],
    ['money-stopped', later, true, 'transfer', 'money may move again'],
  ] as const)(
    'that waits for %s until %s, woken %s, does %s: %s',
    (waitingFor, until, woken, does, _why) => {
      const payout = aPayout({ status: 'reserved', waitingFor, lookAgainAt: until });
      const step = nextStep(payout, woken);
      expect(step.kind).toBe(does);
      if (step.kind === 'wait') expect(step).toEqual({ kind: 'wait', for: waitingFor, until });
    },
  );

  test('decides every combination by the same five rules', () => {
    fc.assert(
      fc.property(
        fc.record({
          status: fc.constantFrom(...payoutStatuses),
          waitingFor: fc.constantFrom(null, ...reasons),
          parked: fc.constantFrom(null, ...parkReasons),
          unknownStep: fc.constantFrom(null, 'transfer' as const, 'payout' as const),
          lookAgainAt: fc.constantFrom(null, before, noon, later),
        }),
        fc.boolean(),
        (given, woken) => {
          expect(nextStep(aPayout(given), woken)).toEqual(expectedStep(given, woken));
        },
      ),
      { numRuns: 5000 },
    );
  });

  test.each(open)('that is %s and parked moves nothing, whoever knocks', (status) => {
    for (const parked of parkReasons) {
      const payout = aPayout({ status, parked, unknownStep: 'transfer', lookAgainAt: before });
      expect(nextStep(payout, true)).toEqual({ kind: 'wait', for: parked, until: null });
    }
  });

  test.each(['transfer', 'payout'] as const)(
    'whose %s may have happened looks it up and never sends it',
    (step) => {
      for (const status of ['reserved', 'transferred'] as const) {
        const payout = aPayout({ status, unknownStep: step });
        expect(nextStep(payout, false)).toEqual({ kind: 'look-up', step });
        expect(nextStep(payout, true)).toEqual({ kind: 'look-up', step });
      }
    },
  );
});

/** The same rules, told in another order: what stops comes before what goes on. */
function expectedStep(
  given: {
    status: PayoutStatus;
    waitingFor: WaitReason | null;
    parked: ParkReason | null;
    unknownStep: 'transfer' | 'payout' | null;
    lookAgainAt: string | null;
  },
  woken: boolean,
) {
  const { status, waitingFor, parked, unknownStep, lookAgainAt } = given;
  if (!open.includes(status)) return { kind: 'over' };
  if (parked !== null) return { kind: 'wait', for: parked, until: null };
  const patient = waitingFor === 'arrival' || waitingFor === 'outcome-look-up';
  const early = lookAgainAt === later;
  if (waitingFor !== null && early && (patient || !woken)) {
    return { kind: 'wait', for: waitingFor, until: later };
  }
  return unknownStep ? { kind: 'look-up', step: unknownStep } : { kind: stepOf[status] };
}

type Reading = [status: PayoutStatus, transfer: boolean, payout: boolean, ...recorders: string[]];
test.each<Reading>([
  // status, its transfer and its payout may still be made, who records its return and its debit
  ['requested', true, true],
  ['reserved', true, true],
  ['transferred', false, true],
  ['sent', false, false, 'workflow'],
  ['paid', false, false, 'workflow', 'reader'],
  ['settled', false, false, 'reader', 'reader'],
  ['failed', false, false],
  ['returned', false, false],
  ['canceled', false, false],
  ['skipped', false, false],
])('Stripe’s books about a payout that is %s are read accordingly', (status, ...expected) => {
  const [transfer, payout, recorder, ofDebit] = expected;
  expect([mayTransfer(status), mayPayOut(status)]).toEqual([transfer, payout]);
  expect(recorderOfReturn({ status }, false)).toBe(recorder);
  expect(recorderOfReturn({ status }, true)).toBe(ofDebit);
  expect(isFollowed(status)).toBe(recorder === 'workflow');
});
