import { type Change, discrepancy, payout, places, seller, sent, transfer } from './well.ts';

/** Crimes against one payout, the books or the service, and the rules that they break. */
export const crimes: [what: string, change: Change, rules: string[]][] = [
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
