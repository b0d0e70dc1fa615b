import type { Guard } from './switch-off.ts';

const byHand = 'test/activities/reconciliation/paid-elsewhere.test.ts';

/** The guards against paying what somebody else has paid. */
export const otherMoney: readonly Guard[] = [
  {
    name: 'no reservation beside money without an order',
    why: 'what a person paid in the Dashboard is reserved and paid again',
    file: 'domain/payouts/reservation.ts',
    from: 'return unordered === null ? null : waitNames.unorderedMoney;',
    to: 'return unordered === null ? null : null;',
    tests: byHand,
    pattern: 'after a cancellation and the release of the hold',
  },
  {
    name: 'no step beside money without an order',
    why: 'a retry sends what a person paid in the Dashboard',
    file: 'domain/payouts/sending.ts',
    from: 'if (payout.unordered) {',
    to: 'if (payout.unordered && false) {',
    tests: byHand,
    pattern: 'by a retry of the payout',
  },
  {
    name: 'the outcome of money without an order',
    why: 'a discrepancy is closed and nobody said whether the money was owed',
    file: 'domain/reconciliation/closing.ts',
    from: "if (outcome === null) return refuse('outcome-needed');",
    to: "if (outcome === null) return { kind: 'close' };",
    tests: byHand,
    pattern: 'before a person says what the money was for',
  },
];
