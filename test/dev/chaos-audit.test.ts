import { describe, expect, test } from 'vitest';
import type { Facts } from '../../dev/chaos/audit/facts.ts';
import { unexplainedCents } from '../../dev/chaos/audit/money.ts';
import { audit } from '../../dev/chaos/audit/verdict.ts';
import { castOf } from '../../dev/chaos/cast.ts';
import { diceOf } from '../../dev/chaos/strikes/dice.ts';
import { planOf } from '../../dev/chaos/strikes/plan.ts';

const eur = (amount: number) => ({ amount, currency: 'eur' });
const account = 'acct_1';

const discrepancy = { cause: 'missing-at-stripe', object: 'txn_1' };

/** Ada earned 100.00 and 20.00 came to her directly: 110.00 are at her bank, 10.00 at her account. */
function allIsWell(): Facts {
  return {
    payouts: [
      {
        id: 'payout_1',
        sellerId: 'sel_1',
        currency: 'eur',
        status: 'settled',
        total: eur(110_00),
        fromPlatform: eur(100_00),
        stripeAccount: account,
        transferId: 'tr_1',
        stripePayoutId: 'po_1',
        waiting: null,
        parked: null,
      },
    ],
    sellers: [
      {
        id: 'sel_1',
        status: 'active',
        currency: 'eur',
        stripeAccount: account,
        balances: [
          {
            currency: 'eur',
            payable: eur(10_00),
            places: { owed: -120_00, account: 10_00, bank: 110_00, platform: 0 },
          },
        ],
        waits: [{ for: 'no-payout' }],
      },
    ],
    book: itsBook(),
    promised: [{ sellerId: 'sel_1', currency: 'eur', amount: 100_00 }],
    attention: [],
    discrepancies: [{ ...discrepancy, id: 'disc_1', state: 'closed' }],
    workflows: [
      { id: 'seller/sel_1', type: 'sellerLifecycle', status: 'RUNNING' },
      { id: 'job/sweep', type: 'sweep', status: 'FAILED' },
    ],
    tooMany: [],
    unknownCalls: [],
    apiFaults: [{ at: 1500, what: 'request /v1/payouts 503' }],
    outages: [{ from: 1000, to: 2000 }],
  };
}

/** What Stripe has of it. */
function itsBook(): Facts['book'] {
  return {
    accounts: [
      {
        id: account,
        balances: [{ currency: 'eur', available: 4_00, pending: 6_00 }],
        entries: [
          { type: 'payment', currency: 'eur', net: 100_00 },
          { type: 'charge', currency: 'eur', net: 20_00 },
          { type: 'payout', currency: 'eur', net: -110_00 },
        ],
      },
    ],
    transfers: [
      {
        id: 'tr_1',
        amount: 100_00,
        currency: 'eur',
        destination: account,
        metadata: { payout_id: 'payout_1' },
        amountReversed: 0,
      },
    ],
    payouts: [
      {
        id: 'po_1',
        account,
        amount: 110_00,
        currency: 'eur',
        status: 'paid',
        metadata: { payout_id: 'payout_1' },
        automatic: false,
      },
    ],
    totals: { balances: [{ side: 'platform', currency: 'eur', available: 100_00 }] },
  };
}

type Change = (facts: Facts) => void;
const [payout, seller, transfer, sent] = [
  (facts: Facts) => facts.payouts[0]!,
  (facts: Facts) => facts.sellers[0]!,
  (facts: Facts) => facts.book.transfers[0]!,
  (facts: Facts) => facts.book.payouts[0]!,
];
const places = (facts: Facts) => seller(facts).balances[0]!.places;

const crimes: [what: string, change: Change, rules: string[]][] = [
  [
    'a doubled payout',
    (facts) => facts.book.payouts.push({ ...sent(facts), id: 'po_2' }),
    ['cents', 'overpaid', 'paid-twice'],
  ],
  [
    'a payout that was paid by hand and paid again',
    (facts) => {
      facts.book.transfers.push({ ...transfer(facts), id: 'tr_2', metadata: {} });
      facts.book.payouts.push({ ...sent(facts), id: 'po_2', amount: 100_00, metadata: {} });
    },
    ['cents', 'foreign', 'overpaid'],
  ],
  [
    'a second payout beside one that failed',
    (facts) => facts.book.payouts.push({ ...sent(facts), id: 'po_2', status: 'failed' }),
    ['sent-twice'],
  ],
  [
    'a doubled transfer',
    (facts) => facts.book.transfers.push({ ...transfer(facts), id: 'tr_2' }),
    ['cents', 'transferred-twice'],
  ],
  ['a missing transfer', (facts) => facts.book.transfers.pop(), ['cents', 'transfer-missing']],
  [
    'a transfer that the engine knows nothing of',
    (facts) => (payout(facts).transferId = null),
    ['transfer-unknown'],
  ],
  ['a missing payout', (facts) => facts.book.payouts.pop(), ['cents', 'payout-missing']],
  [
    'a payout that the engine knows nothing of',
    (facts) => (payout(facts).stripePayoutId = null),
    ['payout-unknown'],
  ],
  [
    'a cent too much at the bank',
    (facts) => (sent(facts).amount += 1),
    ['cents', 'payout-differs'],
  ],
  [
    'a cent too much at the account',
    (facts) => (transfer(facts).amount += 1),
    ['cents', 'transfer-differs'],
  ],
  [
    'a payout that failed and counts as paid',
    (facts) => (sent(facts).status = 'failed'),
    ['cents', 'payout-differs'],
  ],
  [
    'a payout to somebody else',
    (facts) => (sent(facts).account = 'acct_2'),
    ['cents', 'payout-differs'],
  ],
  [
    'money that nobody ordered',
    (facts) => (sent(facts).metadata = {}),
    ['foreign', 'payout-missing'],
  ],
  ['an earning that got lost', (facts) => (facts.promised[0]!.amount += 1), ['cents']],
  ['a cent that left the ledger', (facts) => (places(facts)['bank'] = 109_99), ['cents']],
  [
    'a cent in the wrong place',
    (facts) => Object.assign(places(facts), { bank: 109_99, account: 10_01 }),
    ['cents'],
  ],
  ['money moved by others', (facts) => (places(facts)['foreign'] = 1), ['cents']],
  [
    'a stuck payout',
    (facts) => Object.assign(payout(facts), { status: 'transferred', stripePayoutId: null }),
    ['payout-unknown', 'stuck', 'workflow-missing'],
  ],
  [
    'a payout that waits for a person',
    (facts) => (payout(facts).parked = { reason: 'unexpected-state' }),
    ['parked'],
  ],
  [
    'a payout that waits for money that is there',
    (facts) => {
      const waiting = { status: 'reserved', waiting: { for: 'platform-balance' } };
      Object.assign(payout(facts), { ...waiting, transferId: null, stripePayoutId: null });
    },
    ['payout-unknown', 'transfer-unknown', 'waits-in-vain', 'workflow-missing'],
  ],
  ['money without a reason', (facts) => (seller(facts).waits = []), ['unexplained']],
  [
    'something that needs attention',
    (facts) => facts.attention.push({ kind: 'seller', id: 'sel_1', reason: 'account-refused' }),
    ['attention'],
  ],
  [
    'an open discrepancy',
    (facts) => facts.discrepancies.push({ ...discrepancy, id: 'disc_2', state: 'open' }),
    ['discrepancy'],
  ],
  [
    'a workflow that failed',
    (facts) => facts.workflows.push({ id: 'payout/payout_1', type: 'payout', status: 'FAILED' }),
    ['workflow-died'],
  ],
  [
    'a workflow that never ends',
    (facts) => facts.workflows.push({ id: 'payout/payout_1', type: 'payout', status: 'RUNNING' }),
    ['workflow-stuck'],
  ],
  ['a seller without a workflow', (facts) => facts.workflows.shift(), ['workflow-missing']],
  [
    'a budget that was exceeded',
    (facts) => facts.tooMany.push({ endpoint: 'POST /v1/payouts', at: 1500 }),
    ['budget'],
  ],
  [
    'a request that Stripe does not know',
    (facts) => facts.unknownCalls.push({ method: 'GET', path: '/v1/x', reason: 'unknown path' }),
    ['unknown-call'],
  ],
  [
    'a fault of the API while nothing was down',
    (facts) => facts.apiFaults.push({ at: 60_000, what: 'fault' }),
    ['api-fault'],
  ],
];

describe('the audit of chaos', () => {
  test('finds nothing where all is well', () => {
    expect(audit(allIsWell())).toEqual([]);
    expect(unexplainedCents(allIsWell())).toBe(0);
  });

  test.each(crimes)('finds %s', (_what, change, rules) => {
    const facts = allIsWell();
    change(facts);
    expect([...new Set(audit(facts).map(({ rule }) => rule))].sort()).toEqual(rules);
    expect(unexplainedCents(facts) > 0).toBe(rules.includes('cents'));
  });
});

describe('a seed', () => {
  test('throws the same dice again, and others for another seed', () => {
    const thrown = (seed: number): number[] => {
      const dice = diceOf(seed, 'test');
      return Array.from({ length: 20 }, () => dice.between(1, 6));
    };
    expect(thrown(1)).toEqual(thrown(1));
    expect(thrown(1)).not.toEqual(thrown(2));
    expect(Math.min(...thrown(1))).toBeGreaterThanOrEqual(1);
    expect(Math.max(...thrown(1))).toBeLessThanOrEqual(6);
  });

  test('shuffles without losing or adding anybody', () => {
    const items = Array.from({ length: 50 }, (_, index) => index);
    const shuffled = diceOf(5).shuffled(items);
    expect(shuffled).not.toEqual(items);
    expect(shuffled.toSorted((left, right) => left - right)).toEqual(items);
  });

  test('fixes who sells and what strikes when, and every kind strikes in a run of 100', () => {
    expect(castOf(1, 300)).toEqual(castOf(1, 300));
    const plan = planOf(1, 100, 13);
    expect(planOf(1, 100, 13)).toEqual(plan);
    expect(planOf(2, 100, 13)).not.toEqual(plan);
    expect(new Set(plan.map((strike) => strike.do)).size).toBe(9);
    expect(plan.every(({ after }) => after >= 1 && after <= 95)).toBe(true);
  });
});
