import type { Facts } from '../../../dev/chaos/audit/facts.ts';

/** An amount in euros. */
export const eur = (amount: number) => ({ amount, currency: 'eur' });
/** Ada's account. */
export const account = 'acct_1';

/** The cause and object of the discrepancies. */
export const discrepancy = {
  cause: 'missing-at-stripe',
  object: 'txn_1',
  sellerId: 'sel_1',
  atStripe: null,
  openedAt: '2026-11-03T00:00:00.000Z',
  agreesSince: null,
  closedAt: null,
  outcome: null,
};

/** A transfer that a person made, and that paid what is owed, as a person said. */
export const said = {
  ...discrepancy,
  id: 'disc_3',
  state: 'closed',
  cause: 'transfer-not-ordered',
  object: 'tr_3',
  atStripe: { money: eur(100_00), stripeId: 'tr_3' },
  closedAt: '2026-11-05T00:00:00.000Z',
  outcome: 'owed',
};

/**
 * The facts of a run in which all is well. Ada earned 100.00 and 20.00 came to her directly: 110.00
 * are at her bank, 10.00 at her account.
 */
export function allIsWell(): Facts {
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
        payday: '2026-11-02T00:00:00.000Z',
        orderedBy: 'schedule',
        reservedAt: '2026-11-02T08:00:00.000Z',
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
    items: [{ ...ofCharge, charge: 'ch_1', amount: 60_00, currency: 'eur' }],
    sends: itsSends(),
    attention: [],
    discrepancies: [{ ...discrepancy, id: 'disc_1', state: 'closed' }, said],
    entries: [{ sellerId: 'sel_1', stripeId: 'tr_3', from: 'foreign', to: 'account' }],
    workflows: [
      { id: 'seller/sel_1', type: 'sellerLifecycle', status: 'RUNNING' },
      { id: 'job/sweep', type: 'sweep', status: 'FAILED' },
    ],
    tooMany: [],
    unknownCalls: [],
    apiFaults: [{ at: 1500, what: 'request /v1/payouts 503' }],
    outages: [{ from: 1000, to: 2000 }],
    brakes: [{ what: 'hold', of: 'sel_1', id: 'hold_1', since: 100_000, until: 300_000 }],
    openBrakes: ['stop_1'],
    losses: [],
    revokedKeys: [{ status: 401 }],
  };
}

const ofCharge = { payoutId: 'payout_1', stripeAccount: account };

/** What was sent to Stripe: the first request for the transfer was refused. */
function itsSends(): Facts['sends'] {
  return [
    { key: 'payout_1/transfer/1', clock: 999_000, at: 99_000 },
    { key: 'payout_1/transfer/2', clock: 1_000_500, at: 100_500 },
    { key: 'payout_1/transfer/2', clock: 1_060_000, at: 100_600 },
    { key: 'payout_1/payout/1', clock: 1_100_500, at: 101_000 },
  ];
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
        created: 1000,
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
        created: 1100,
      },
    ],
    charges: [
      {
        id: 'ch_1',
        account: 'acct_platform',
        amount: 80_00,
        currency: 'eur',
        amountRefunded: 20_00,
        destination: null,
      },
    ],
    totals: { balances: [{ side: 'platform', currency: 'eur', available: 100_00 }] },
  };
}

/** A crime: a change of the facts. */
export type Change = (facts: Facts) => void;

/** What a crime changes: the first payout and seller, and what Stripe has of them. */
export const [payout, seller, transfer, sent] = [
  (facts: Facts) => facts.payouts[0]!,
  (facts: Facts) => facts.sellers[0]!,
  (facts: Facts) => facts.book.transfers[0]!,
  (facts: Facts) => facts.book.payouts[0]!,
];

/** Where the first seller's money is. */
export const places = (facts: Facts) => seller(facts).balances[0]!.places;
