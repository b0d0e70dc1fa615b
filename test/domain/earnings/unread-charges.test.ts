import { expect, test } from 'vitest';
import { chargeDoubt } from '../../../domain/earnings/unread-charges.ts';

const [minute, day] = [60, 86_400];

test.each<[boolean, number, string | null, string]>([
  // missing  seconds         told                why
  [true, 0, null, 'the charge may be posted just before it is created'],
  [true, 2 * minute - 1, null, 'the same'],
  [true, 2 * minute, 'charge-not-found', 'a created charge is there at once'],
  [false, 30 * day, null, 'a bank debit or an authorization may take this long'],
  [false, 31 * day, 'charge-unclear', 'nothing that Stripe knows takes longer'],
])(
  'a charge that is missing: %s, after %d s is told as %s: %s',
  (isMissing, waitsSeconds, told) => {
    expect(chargeDoubt({ isMissing, waitsSeconds })).toBe(told);
  },
);
