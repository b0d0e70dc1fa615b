import { describe, expect, test } from 'vitest';
import { cleanMessage } from '../../../domain/refusals/cleaning.ts';
import {
  refusalForSeller,
  refusalKindOf,
  refusalReasonOf,
  sayRefusal,
  type StripeError,
} from '../../../domain/refusals/reasons.ts';

const refused = (code: string | null, message: string): StripeError => {
  const clean = cleanMessage(message);
  return {
    statusCode: 400,
    type: 'invalid_request_error',
    code,
    requestId: 'req_1',
    message: clean,
  };
};

test.each<[code: string | null, message: string, reason: string | null, kind: string]>([
  [
    null,
    "Funds can't be sent to accounts located in JP because it's restricted outside of your platform's region",
    'country-closed',
    'other',
  ],
  [
    null,
    "Funds can't be sent to accounts located in TH when the account is under the `full` service agreement. To learn more, see https://stripe.com/docs/connect/service-agreement-types.",
    'agreement-closed',
    'other',
  ],
  ['resource_missing', "No such destination: 'acct_1'", 'account-gone', 'other'],
  [
    'balance_insufficient',
    'You have insufficient funds',
    'balance-too-low',
    'balance-insufficient',
  ],
  ['resource_missing', "No such external account: 'ba_1'", 'bank-account-missing', 'bank-details'],
  [
    null,
    'The bank account ba_1 has been deleted and can no longer be used',
    'bank-account-missing',
    'bank-details',
  ],
  [null, 'You cannot use this, it is on your block list', 'bank-account-unusable', 'bank-details'],
  ['payouts_limit_exceeded', '', 'limit-reached', 'limit-reached'],
  ['parameter_unknown', 'Received unknown parameter: amuont', null, 'other'],
])('code %s with “%s” is the reason %s', (code, message, reason, kind) => {
  const error = refused(code, message);
  expect(refusalReasonOf(error)).toBe(reason);
  expect(refusalKindOf(error)).toBe(kind);
});

describe('a refusal in words', () => {
  test('names the country, what it means for the money and what to do', () => {
    const error = refused(
      null,
      "Funds can't be sent to accounts located in JP because it's restricted",
    );
    expect(sayRefusal(error)).toMatch(
      /^Stripe does not let this platform send money to accounts in JP.*The money stays.*paid elsewhere/,
    );
    expect(refusalForSeller(error)).toMatch(/^We cannot send money to accounts in your country/);
  });

  test('that is unknown is shown cleaned, with its code and its request id', () => {
    const error = refused('odd_code', 'The account of Anna Müller is odd');
    expect(sayRefusal(error)).toBe(
      'Stripe says: The account of […] is odd (odd_code). The Dashboard shows the request as req_1',
    );
    expect(refusalForSeller(error)).not.toMatch(/odd|req_|Stripe/);
  });
});
