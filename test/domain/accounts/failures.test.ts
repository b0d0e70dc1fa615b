import { describe, expect, test } from 'vitest';
import { numberCodes, scopedCodes, scopeOf } from '../../../domain/accounts/failure-scopes.ts';
import {
  failureCodes,
  type FailureNext,
  failureOf,
  needsNewDetails,
} from '../../../domain/accounts/failures.ts';

/** Section 4.3 of what is known of Stripe: each code with what has to come next. */
const known: Record<Exclude<FailureNext, 'operator'>, string[]> = {
  wait: ['could_not_process', 'declined', 'issuer_unavailable'],
  'new-details': [
    'account_closed',
    'no_account',
    'invalid_account_number',
    'invalid_account_number_length',
    'incorrect_account_holder_address',
    'incorrect_account_holder_name',
    'incorrect_account_holder_tax_id',
    'incorrect_account_holder_details',
    'incorrect_account_type',
    'invalid_currency',
    'unsupported_card',
    'expired_card',
    'lost_or_stolen_card',
    'bank_ownership_changed',
  ],
  'talk-to-bank': ['account_frozen', 'bank_account_restricted', 'debit_not_authorized'],
};

describe('a failure', () => {
  test.each(
    Object.entries(known).flatMap(([next, codes]) => codes.map((code) => [code, next] as const)),
  )('%s is answered by %s', (code, next) => {
    expect(failureOf(code).next).toBe(next);
    expect(needsNewDetails(code)).toBe(next === 'new-details');
  });

  test.each<[string | null]>([[null], ['something_new']])(
    'of reason %s is an operator’s, and pauses nothing',
    (code) => {
      expect(failureOf(code).next).toBe('operator');
      expect(needsNewDetails(code)).toBe(false);
    },
  );

  test('is told to a seller without Stripe’s words, and to an operator otherwise', () => {
    for (const code of failureCodes) {
      const { forSeller, forOperator } = failureOf(code);
      expect(forSeller).not.toMatch(/_|payable|transfer|undefined/);
      expect(forSeller).toMatch(/^[A-Z].*\.$/);
      expect(forOperator).not.toBe(forSeller);
    }
  });
});

describe('the scope of a failure', () => {
  test('is decided for every code', () => {
    expect(scopedCodes.toSorted()).toEqual(failureCodes.toSorted());
  });

  test('is the number only where the bank asks for other details', () => {
    expect(numberCodes.length).toBeGreaterThan(3);
    expect(numberCodes.filter((code) => !needsNewDetails(code))).toEqual([]);
  });

  test.each(['invalid_currency', 'incorrect_account_holder_name', 'declined', 'new_code', null])(
    'is the seller alone after %s',
    (code) => {
      expect(scopeOf(code)).toBe('seller');
    },
  );
});
