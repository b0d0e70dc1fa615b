import { type Facts, type Finding, groupBy, isOver, type Seller, sumOf } from './facts.ts';

/** What one seller has in one currency, according to Stripe's book alone. */
type AtStripe = {
  transferred: number;
  /** Money that came directly to the account, after fees. */
  direct: number;
  underWay: number;
  paid: number;
  atAccount: number;
};

const ofAPayout = new Set(['payout', 'payout_failure', 'payout_cancel', 'payment']);
const gone = new Set(['failed', 'canceled']);

/**
 * Checks that every cent that was earned is in exactly one place, and that Stripe's book agrees.
 */
export function auditMoney(facts: Facts): Finding[] {
  return facts.sellers.flatMap((seller) => [
    ...currenciesOf(facts, seller).flatMap((currency) => [
      ...auditSeller(facts, seller, currency),
      ...overpaid(facts, seller, currency),
    ]),
    ...unexplained(facts, seller),
  ]);
}

/**
 * Counts the minor units that no finding may leave unexplained, over all sellers and currencies.
 */
export function unexplainedCents(facts: Facts): number {
  return sumOf(facts.sellers, (seller) =>
    sumOf(currenciesOf(facts, seller), (currency) =>
      sumOf(comparisons(facts, seller, currency), ({ ours, theirs }) => Math.abs(ours - theirs)),
    ),
  );
}

/** Finds money that the seller received beyond what it earned, whoever paid it. */
function overpaid(facts: Facts, seller: Seller, currency: string): Finding[] {
  const { direct, underWay, paid } = bookOf(facts, seller, currency);
  const owed = direct + earnedBy(facts, seller, currency);
  const received = paid + underWay;
  if (received <= owed) return [];
  const words = `${received} went to the bank, and only ${owed} was earned`;
  return [{ rule: 'overpaid', about: `${seller.id} ${currency}`, words }];
}

function earnedBy({ promised }: Facts, seller: Seller, currency: string): number {
  const own = promised.filter((one) => one.sellerId === seller.id && one.currency === currency);
  return sumOf(own, ({ amount }) => amount);
}

type Comparison = { what: string; ours: number; theirs: number };

function auditSeller(facts: Facts, seller: Seller, currency: string): Finding[] {
  return comparisons(facts, seller, currency)
    .filter(({ ours, theirs }) => ours !== theirs)
    .map(({ what, ours, theirs }) => ({
      rule: 'cents',
      about: `${seller.id} ${currency}`,
      words: `${what}: ${ours}, not ${theirs}`,
    }));
}

/** Compares the ledger's places with the book. All places together add up to zero. */
function comparisons(facts: Facts, seller: Seller, currency: string): Comparison[] {
  const places = seller.balances.find((one) => one.currency === currency)?.places ?? {};
  const at = (...names: string[]): number => sumOf(names, (name) => places[name] ?? 0);
  const earned = earnedBy(facts, seller, currency);
  const book = bookOf(facts, seller, currency);
  const { transferred, direct, underWay, paid, atAccount } = book;
  return [
    {
      what: 'Paid, under way and at the account, beside what came to it',
      ours: paid + underWay + atAccount,
      theirs: transferred + direct,
    },
    { what: 'Owed by the ledger', ours: -at('owed'), theirs: earned + direct },
    {
      what: 'At the platform',
      ours: at('platform', 'platform-reserved'),
      theirs: earned - transferred,
    },
    { what: 'At the account', ours: at('account', 'account-reserved'), theirs: atAccount },
    { what: 'In transit', ours: at('in-transit'), theirs: underWay },
    { what: 'At the bank', ours: at('bank'), theirs: paid },
    { what: 'Moved by others', ours: at('foreign'), theirs: 0 },
    { what: 'The sum of all places', ours: sumOf(Object.values(places), (one) => one), theirs: 0 },
  ];
}

function bookOf({ book }: Facts, { stripeAccount }: Seller, currency: string): AtStripe {
  const account = book.accounts.find(({ id }) => id === stripeAccount);
  const transfers = book.transfers.filter(
    (one) => one.destination === stripeAccount && one.currency === currency,
  );
  const payouts = book.payouts.filter(
    (one) => one.account === stripeAccount && one.currency === currency && !gone.has(one.status),
  );
  const [atBank, underWay] = [true, false].map((isPaid) =>
    payouts.filter(({ status }) => (status === 'paid') === isPaid),
  );
  const entries = account?.entries.filter((one) => one.currency === currency) ?? [];
  const balances = account?.balances.filter((one) => one.currency === currency) ?? [];
  return {
    transferred: sumOf(transfers, ({ amount, amountReversed }) => amount - amountReversed),
    direct: sumOf(
      entries.filter(({ type }) => !ofAPayout.has(type)),
      ({ net }) => net,
    ),
    underWay: sumOf(underWay ?? [], ({ amount }) => amount),
    paid: sumOf(atBank ?? [], ({ amount }) => amount),
    atAccount: sumOf(balances, ({ available, pending }) => available + pending),
  };
}

function currenciesOf({ book, promised }: Facts, seller: Seller): string[] {
  const account = book.accounts.find(({ id }) => id === seller.stripeAccount);
  const own = promised.filter(({ sellerId }) => sellerId === seller.id);
  const all = [...seller.balances, ...(account?.balances ?? []), ...own];
  return [...groupBy(all, ({ currency }) => currency).keys()];
}

/** Finds payable money without a payout and without a reason. */
function unexplained({ payouts }: Facts, seller: Seller): Finding[] {
  return seller.balances
    .filter(({ currency, payable }) => {
      const isUnderWay = payouts.some(
        (one) => one.sellerId === seller.id && one.currency === currency && !isOver(one),
      );
      return payable.amount > 0 && !isUnderWay && (seller.waits ?? []).length === 0;
    })
    .map(({ payable }) => ({
      rule: 'unexplained',
      about: seller.id,
      words: `${payable.amount} ${payable.currency} is payable, and nothing says why it is not paid`,
    }));
}
