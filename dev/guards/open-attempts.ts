import type { Guard } from './switch-off.ts';

const activities = 'test/activities/payouts';

/** The guards of brakes that reach a payout whose request was sent. */
export const openAttemptGuards: readonly Guard[] = [
  {
    name: 'brakes of open attempts',
    why: 'a held or paused seller is paid by the next try of an open attempt',
    file: 'db/stripe/attempts.ts',
    from: "when brake is not null then 'braked'",
    to: "when false then 'braked'",
    tests: `${activities}/brakes.test.ts`,
    pattern: 'is not sent again after',
  },
  {
    name: 'look-up behind a brake',
    why: 'a request that may have been carried out is sent again although a person stopped it',
    file: 'db/stripe/attempts.ts',
    from: 'when brake is not null and tries > denied_tries',
    to: 'when false and tries > denied_tries',
    tests: `${activities}/brakes.test.ts`,
    pattern: 'is looked up after',
  },
  {
    name: 'certain answers',
    why: 'a lost connection counts as no, and a canceled payout that Stripe made is paid again',
    file: 'activities/stripe/errors.ts',
    from: "isDenied: notConnected.has(networkErrorOf(error) ?? '')",
    to: 'isDenied: true',
    tests: `${activities}/brakes.test.ts`,
    pattern: 'stays canceled: what was made goes no further',
  },
  {
    name: 'canceled attempt',
    why: 'a worker sends an attempt again after its payout was canceled',
    file: 'db/payouts/cancellations.ts',
    from: "plan.why === 'open-request' && attempt",
    to: "plan.why === 'look-first' && attempt",
    tests: `${activities}/brakes.test.ts`,
    pattern: 'ends as soon as the missing answer comes',
  },
  {
    name: 'cancellations while money is stopped',
    why: 'money that could be called back leaves because money is stopped',
    file: 'db/stripe/attempts.ts',
    from: 'when ${letsMoneyGo} and exists (select from money_stops',
    to: "when step <> 'account' and exists (select from money_stops",
    tests: `${activities}/cancellations.test.ts`,
    pattern: 'is canceled while money is stopped',
  },
  {
    name: 'money that others stopped',
    why: 'a payout that somebody canceled in the Dashboard is paid again on the next payday',
    file: 'domain/payouts/cancellation.ts',
    from: 'return !isOrdered && (',
    to: 'return isOrdered && (',
    tests: `${activities}/cancellations.test.ts`,
    pattern: 'is held, told, and not paid by the next payout',
  },
];
