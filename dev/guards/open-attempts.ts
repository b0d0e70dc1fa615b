import type { Guard } from './switch-off.ts';

const activities = 'test/activities/payouts';
const outages = 'test/activities/stripe/outages.test.ts';

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
    from: 'isDenied: isDenial({ statusCode: null, code: null, network })',
    to: 'isDenied: true',
    tests: `${activities}/brakes.test.ts`,
    pattern: 'stays canceled: what was made goes no further',
  },
  {
    name: 'age of what may have been done',
    why: 'an outage of 12 hours turns requests that certainly did nothing into unknown outcomes',
    file: 'db/stripe/attempts.ts',
    from: 'when tries > denied_tries\n          and in_doubt_since <',
    to: 'when first_sent_at <',
    tests: outages,
    pattern: 'is sent after 13 hours',
  },
  {
    name: 'right to send after an outage',
    why: 'a request that Stripe turned away for a day is sent beside the copy that sent it',
    file: 'db/stripe/attempts.ts',
    from: 'when ${letsMoneyGo} and tries = denied_tries and not exists',
    to: 'when ${letsMoneyGo} and first_sent_at is null and not exists',
    tests: outages,
    pattern: 'needs the right to send again',
  },
  {
    name: 'wait for Stripe',
    why: 'a payout that Stripe turns away says nothing, and is never told to a person',
    file: 'db/stripe/answers.ts',
    from: 'await recordStripeWait(db, key, error.statusCode);',
    to: '',
    tests: outages,
    pattern: 'no longer says what it waited for',
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
