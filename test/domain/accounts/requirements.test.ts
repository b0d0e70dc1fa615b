import { describe, expect, test } from 'vitest';
import {
  describeDue,
  describeRequirement,
  type Requirement,
  requirementFailureOf,
} from '../../../domain/accounts/requirements.ts';

const asked = (description: string, change: Partial<Requirement> = {}): Requirement => ({
  description: `identity.individual.${description}`,
  mustAct: 'seller',
  deadline: 'currently_due',
  deadlineAt: null,
  blocks: [],
  errors: [],
  ...change,
});
const now = '2026-11-24T09:00:00.000Z';
const day = (deadlineAt: string) => ({ deadlineAt: `${deadlineAt}T00:00:00.000Z` });

describe('a requirement', () => {
  test.each<[why: string, one: Requirement, text: string]>([
    ['has who gives what, and when', asked('surname'), 'The seller must provide: surname (now)'],
    [
      'has the day, where Stripe names one',
      asked('address', day('2026-12-01')),
      'The seller must provide: address (by 1 Dec 2026)',
    ],
    [
      'has the last day until it has passed',
      asked('address', day('2026-11-24')),
      'The seller must provide: address (by 24 Nov 2026)',
    ],
    [
      'has the day as passed when it has passed',
      asked('address', day('2026-11-23')),
      'The seller must provide: address (was due on 23 Nov 2026)',
    ],
    [
      'has what was wrong and what it is needed for',
      asked('address', { errors: ['no_match'], blocks: ['stripe_balance.payouts', 'x.y'] }),
      'The seller must provide: address (now); the details are wrong: no match; needed for payouts to the bank and x.y',
    ],
    [
      'may be Stripe’s own',
      asked('address', { mustAct: 'stripe', deadline: 'past_due' }),
      'Stripe is checking: address (overdue)',
    ],
  ])('%s', (_why, one, text) => {
    expect(describeRequirement(one, now)).toBe(text);
  });
});

describe('what comes next for a requirement', () => {
  test.each<[why: string, one: Requirement, next: string, forSeller: string]>([
    [
      'is the seller’s, by its day',
      asked('surname', day('2026-12-01')),
      'new-details',
      'Please enter this by 1 Dec 2026: surname. It is needed for payments to you.',
    ],
    [
      'is the seller’s now, after its day has passed',
      asked('surname', day('2026-11-23')),
      'new-details',
      'This was due on 23 Nov 2026. Please enter it now: surname. It is needed for payments to you.',
    ],
    [
      'is time while it is only announced',
      asked('surname', { deadline: 'eventually_due' }),
      'wait',
      'You will be asked for this later: surname.',
    ],
    [
      'is time while Stripe checks the details, right or wrong',
      asked('surname', { mustAct: 'stripe', errors: ['invalid_value_other'] }),
      'wait',
      'Your details are being checked (surname). You do not need to do anything now.',
    ],
    [
      'is to correct wrong details',
      asked('address', { errors: ['verification_document_expired'] }),
      'new-details',
      'Your document has expired. Please upload another one.',
    ],
    [
      'is a person’s as soon as one error is',
      asked('dob', { errors: ['invalid_value_other', 'invalid_dob_age_under_18'] }),
      'operator',
      'Your date of birth says that you are younger than 18. Please write to support.',
    ],
  ])('%s', (_why, one, next, forSeller) => {
    const forOperator = describeRequirement(one, now);
    expect(requirementFailureOf(one, now)).toEqual({ next, forSeller, forOperator });
  });
});

describe('all that is due', () => {
  test.each<[why: string, all: Requirement[], sentences: string[]]>([
    ['is nothing where nothing is asked for', [], []],
    ['leaves out what is only announced', [asked('id', { deadline: 'eventually_due' })], []],
    [
      'names the first day, and that some of it is overdue',
      [
        asked('surname', day('2026-12-03')),
        asked('address', { ...day('2026-12-01'), deadline: 'past_due' }),
      ],
      ['Stripe asks the seller for surname, address by 1 Dec 2026 (overdue)'],
    ],
    [
      'says of the first day that it has passed',
      [
        asked('surname', day('2026-12-03')),
        asked('address', { ...day('2026-11-23'), deadline: 'past_due' }),
      ],
      ['Stripe asks the seller for surname, address (was due on 23 Nov 2026)'],
    ],
    [
      'tells the seller’s part from Stripe’s',
      [asked('surname', { mustAct: 'stripe' }), asked('address')],
      [
        'Stripe asks the seller for address, without a due date',
        'Stripe is checking surname, without a due date',
      ],
    ],
    [
      'names four and counts the others',
      ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => asked(name)),
      ['Stripe asks the seller for a, b, c, d and 2 more, without a due date'],
    ],
    [
      'counts what has no date beside what has one',
      [
        ...['a', 'b', 'c', 'd', 'e'].map((name) => asked(name)),
        asked('surname', day('2026-12-03')),
      ],
      [
        'Stripe asks the seller for a, b, c, d and 2 more by 3 Dec 2026 (5 of them without a due date)',
      ],
    ],
    [
      'is overdue, also without a date',
      [asked('surname', { deadline: 'past_due' })],
      ['Stripe asks the seller for surname (overdue)'],
    ],
  ])('%s', (_why, all, sentences) => {
    expect(describeDue(all, now)).toEqual(sentences);
  });
});

test.each([
  ['identity.individual.id_number', 'identity number'],
  ['identity.individual.id_numbers.us_ssn', 'identity numbers: us ssn'],
  ['identity.individual.date_of_birth', 'date of birth'],
  ['identity.business_details.id_number', 'business identity number'],
  ['identity.business_details.address', 'business address'],
  ['defaults.responsibilities', 'defaults: responsibilities'],
  ['external_account', 'bank account'],
  ['identity.attestations.terms_of_service.account', 'acceptance of the terms of service'],
])('%s is said as %s', (description, words) => {
  const requirement = { ...asked('any'), description };
  expect(describeDue([requirement], now)).toEqual([
    `Stripe asks the seller for ${words}, without a due date`,
  ]);
});
