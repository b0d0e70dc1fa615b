import { describe, expect, test } from 'vitest';
import {
  accountFailureOf,
  type AccountStanding,
  capabilityFailureOf,
  capabilityStateOf,
  capabilityStates,
} from '../../../domain/accounts/capabilities.ts';
import type { FailureNext } from '../../../domain/accounts/failures.ts';
import type { Requirement } from '../../../domain/accounts/requirements.ts';

const asked: Requirement = {
  description: 'identity.individual.surname',
  mustAct: 'seller',
  deadline: 'currently_due',
  deadlineAt: null,
  blocks: [],
  errors: [],
};
const told = (code: string, resolution: string) => [
  { capability: 'payouts' as const, code, resolution },
];
const standing = (change: Partial<AccountStanding>): AccountStanding => ({
  transfers: 'active',
  payouts: 'restricted',
  details: [],
  requirements: [],
  ...change,
});

describe('an account that may not be paid', () => {
  test.each<[why: string, account: Partial<AccountStanding>, next: FailureNext | null]>([
    ['may be paid after all', { payouts: 'active' }, null],
    ['was not read yet', { transfers: null, payouts: null }, null],
    ['asks the seller', { requirements: [asked] }, 'new-details'],
    ['asks only Stripe', { requirements: [{ ...asked, mustAct: 'stripe' }] }, 'wait'],
    [
      'asks the seller beside Stripe',
      { requirements: [{ ...asked, mustAct: 'stripe' }, asked] },
      'new-details',
    ],
    ['was rejected, whatever it asks', { payouts: 'rejected', requirements: [asked] }, 'operator'],
    ['is disconnected', { transfers: 'unreadable', payouts: 'unreadable' }, 'operator'],
    ['is reviewed', { payouts: 'pending' }, 'wait'],
    ['asks nothing and says nothing', {}, 'operator'],
    [
      'asks for later only, and says nothing',
      { requirements: [{ ...asked, deadline: 'eventually_due' }] },
      'operator',
    ],
    [
      'asks nothing but says that it decides',
      { details: told('determining_status', 'no_resolution') },
      'wait',
    ],
    [
      'asks nothing but says that more is to be given',
      { details: told('restricted_other', 'provide_info') },
      'new-details',
    ],
    [
      'asks nothing but says that Stripe is to be asked',
      { details: told('requirements_past_due', 'contact_stripe') },
      'operator',
    ],
    [
      'is reviewed in one thing and stands still in the other',
      {
        details: [
          ...told('determining_status', 'no_resolution'),
          ...told('unsupported_country', 'no_resolution'),
        ],
      },
      'operator',
    ],
  ])('%s', (_why, account, next) => {
    expect(accountFailureOf(standing(account))?.next ?? null).toBe(next);
  });

  test('is never left to nobody: each state, alone, names who must act', () => {
    for (const payouts of [...capabilityStates, 'something_new']) {
      const failure = accountFailureOf(standing({ payouts }));
      expect(failure).toEqual(capabilityStateOf(payouts));
      expect(failure?.forSeller).toMatch(/^[A-Z].*\.$/);
      expect(failure?.forSeller).not.toMatch(/_|Stripe|platform/);
    }
  });

  test('has a reason that nobody has seen yet, which is an operator’s unless Stripe says more', () => {
    expect(capabilityFailureOf('rejected.fraud')).toEqual(capabilityFailureOf('rejected_fraud'));
    expect(capabilityFailureOf('something_new')).toMatchObject({
      next: 'operator',
      forOperator: 'Stripe says something_new: ask Stripe',
    });
    expect(capabilityFailureOf('something_new', 'provide_info').next).toBe('new-details');
  });
});
