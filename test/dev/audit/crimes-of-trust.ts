import { account, type Change, eur, payout, places, sent, transfer } from './well.ts';

/** Crimes of an engine that trusts a copy, a charge or a person, and the rules that they break. */
export const crimesOfTrust: [what: string, change: Change, rules: string[]][] = [
  [
    'a transfer and a payout of another engine',
    (facts) => {
      const metadata = { payout_id: 'payout_2' };
      facts.book.transfers.push({ ...transfer(facts), id: 'tr_2', metadata });
      facts.book.payouts.push({ ...sent(facts), id: 'po_2', amount: 100_00, metadata });
    },
    ['cents', 'copy', 'overpaid'],
  ],
  [
    'a payday that two engines paid with one book',
    (facts) => {
      const ids = { id: 'payout_2', transferId: null, stripePayoutId: 'po_2' };
      const amounts = { total: eur(10_00), fromPlatform: eur(0) };
      facts.payouts.push({ ...payout(facts), ...ids, ...amounts });
      const metadata = { payout_id: 'payout_2' };
      facts.book.payouts.push({ ...sent(facts), id: 'po_2', amount: 10_00, metadata });
      Object.assign(places(facts), { account: 0, bank: 120_00 });
      facts.book.accounts[0]!.balances = [{ currency: 'eur', available: 0, pending: 0 }];
    },
    ['payday-twice'],
  ],
  [
    'paydays that pile up behind a seller that cannot be paid',
    (facts) => {
      const ids = { transferId: null, stripePayoutId: null, reservedAt: null };
      const none = { total: eur(0), fromPlatform: eur(0), status: 'requested' };
      const waiting = { ...payout(facts), ...ids, ...none, waiting: { for: 'bank-details' } };
      facts.payouts.push({ ...waiting, id: 'payout_2' }, { ...waiting, id: 'payout_3' });
    },
    ['paydays-piled-up'],
  ],
  [
    'a request under another key after the object existed',
    (facts) => facts.sends.push({ key: 'payout_1/transfer/3', clock: 1_060_000, at: 0 }),
    ['sent-again'],
  ],
  [
    'a payout of a charge that paid the seller by itself',
    (facts) => (facts.book.charges[0]!.destination = account),
    ['charge-paid-twice'],
  ],
  [
    'a payout of more than a charge kept',
    (facts) => (facts.book.charges[0]!.amountRefunded += 1),
    ['charge-overpaid'],
  ],
  [
    'a payout of a charge that Stripe does not have',
    (facts) => facts.book.charges.pop(),
    ['charge-missing'],
  ],
  [
    'an earning that waits for a charge that Stripe does not have, and nobody is told',
    (facts) => (facts.promised[0]!.charge = 'ch_none'),
    ['charge-untold'],
  ],
  [
    'money reserved while nobody had said what a transfer without an order was for',
    (facts) => (payout(facts).reservedAt = '2026-11-04T00:00:00.000Z'),
    ['reserved-beside'],
  ],
  [
    'a payout that somebody else paid and that was paid again',
    (facts) => {
      const ids = { transferId: null, stripePayoutId: null };
      Object.assign(payout(facts), { ...ids, status: 'paid-elsewhere' });
    },
    ['paid-again', 'payout-unknown', 'transfer-unknown'],
  ],
  [
    'a closed discrepancy whose line is not booked',
    (facts) => facts.entries.pop(),
    ['line-unbooked'],
  ],
];
