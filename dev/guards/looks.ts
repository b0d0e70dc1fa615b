import type { Guard } from './switch-off.ts';

/** The guards that keep a person's word from sending money a second time. */
export const lookGuards: readonly Guard[] = [
  {
    name: 'look after a word',
    why: 'a person errs, and the next attempt pays a second time',
    file: 'db/stripe/attempts.ts',
    from: 'when ${!isLooked}::boolean and',
    to: 'when false and ${!isLooked}::boolean and',
    tests: 'test/activities/payouts/looks.test.ts',
    pattern: 'but that Stripe made is found before another is sent',
  },
  {
    name: 'nothing unexplained',
    why: 'Stripe’s books show the money, and the next attempt pays a second time',
    file: 'db/stripe/attempts.ts',
    from: "as known) then 'unexplained'",
    to: "as known) and false then 'unexplained'",
    tests: 'test/activities/payouts/looks.test.ts',
    pattern: 'is found by its line in Stripe’s books',
  },
  {
    name: 'look before a word',
    why: 'the engine obeys a person although Stripe has the object',
    file: 'api/payouts/commands.ts',
    from: 'if (seen?.sighting) throw foundAtStripe(seen.sighting.says, remedyOf',
    to: 'if (seen === null) throw foundAtStripe(seen.sighting.says, remedyOf',
    tests: 'test/api/payouts/looks.test.ts',
    pattern: 'is refused if Stripe has what names the payout',
  },
  {
    name: 'look before a cancellation',
    why: 'the next payout pays the money that Stripe has already sent',
    file: 'domain/payouts/cancellation.ts',
    from: 'if (payout.needsLook)',
    to: 'if (payout.needsLook === null)',
    tests: 'test/activities/payouts/looks.test.ts',
    pattern: 'is not canceled without a look',
  },
];
