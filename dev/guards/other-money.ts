import type { Guard } from './switch-off.ts';

const byHand = 'test/activities/reconciliation/paid-elsewhere.test.ts';
const closing = 'test/activities/reconciliation/closing.test.ts';

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
  {
    name: 'the lines of a closed unknown payout',
    why: 'money that came is in no entry, and the books never agree again',
    file: 'db/reconciliation/outcomes.ts',
    from: 'if (outcome !== null && sellerId !== null) await explainLines(tx, sellerId);',
    to: '',
    tests: closing,
    pattern: 'as not owed is booked, held',
  },
  {
    name: 'the hold on money that is not owed',
    why: 'the next payday pays out what the platform does not owe',
    file: 'domain/reconciliation/movements.ts',
    from: "if (booking.kind !== 'booked' || booking.cause !== 'payout-unknown' || !isOwed) return booking;",
    to: "if (booking.kind !== 'booked' || booking.cause !== 'payout-unknown') return booking;",
    tests: closing,
    pattern: 'as not owed is booked, held',
  },
  {
    name: 'money that moved back paid nothing',
    why: 'a transfer that was reversed counts as paid, and the seller never gets the money',
    file: 'domain/reconciliation/closing.ts',
    from: "if (moved === 0) return refuse('came-back');",
    to: '',
    tests: closing,
    pattern: 'did not pay what is owed, and its hold ends',
  },
  {
    name: 'adopt before it counts',
    why: 'a payout ends as paid elsewhere although Stripe made it',
    file: 'domain/reconciliation/closing.ts',
    from: "if (isToAdopt) return 'adopt-first';",
    to: '',
    tests: closing,
    pattern: 'that Stripe may have made',
  },
  {
    name: 'the return of what somebody else paid',
    why: 'the earnings of a payment that came back are never paid',
    file: 'db/reconciliation/moved-back.ts',
    from: 'await moveFreeing(tx, payout, transition);',
    to: 'void [payout, moveFreeing];',
    tests: closing,
    pattern: 'counted it is owed again, held',
  },
  {
    name: 'the hold on what came back',
    why: 'what somebody else paid is paid again without a person',
    file: 'domain/reconciliation/movements.ts',
    from: "const back = { cause: 'payout-reversed', isHeld: true } as const;",
    to: "const back = { cause: 'payout-reversed', isHeld: false } as const;",
    tests: closing,
    pattern: 'counted it is owed again, held',
  },
];
