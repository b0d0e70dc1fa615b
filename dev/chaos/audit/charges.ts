import { type Facts, type Finding, groupBy, type PaidItem, sumOf } from './facts.ts';

/**
 * Checks that the earnings of a charge that were paid are covered by the charge: they are not paid
 * if the charge paid the seller by itself, and together they never exceed what the charge kept.
 */
export function auditCharges(facts: Facts): Finding[] {
  const { items, book } = facts;
  const charges = new Map(book.charges.map((charge) => [charge.id, charge]));
  const found = [...groupBy(items, ({ charge }) => charge)].flatMap(([about, paid]) => {
    const charge = charges.get(about);
    if (!charge) return [{ rule: 'charge-missing', about, words: sayPaid(paid) }];
    const { account, destination, amount, amountRefunded, currency } = charge;
    const twice = paid.filter((one) => [account, destination].includes(one.stripeAccount));
    const same = paid.filter((one) => one.currency === currency);
    const kept = amount - amountRefunded;
    return [
      ...(twice.length > 0 ? [{ rule: 'charge-paid-twice', about, words: sayPaid(twice) }] : []),
      ...(sumOf(same, (one) => one.amount) > kept
        ? [{ rule: 'charge-overpaid', about, words: `${sayPaid(same)}, and it kept ${kept}` }]
        : []),
    ];
  });
  return [...found, ...auditUntold(facts)];
}

/** Checks that an earning whose charge is not at Stripe is told to a person. */
function auditUntold({ promised, book, discrepancies }: Facts): Finding[] {
  const known = new Set([
    ...book.charges.map(({ id }) => id),
    ...discrepancies.flatMap(({ cause, atStripe }) => {
      return cause === 'charge-not-found' ? (atStripe?.stripeId ?? []) : [];
    }),
  ]);
  return promised.flatMap(({ sellerId, charge, amount }) =>
    charge === undefined || known.has(charge)
      ? []
      : [{ rule: 'charge-untold', about: charge, words: `${sellerId} waits for ${amount}` }],
  );
}

function sayPaid(paid: readonly PaidItem[]): string {
  return paid.map(({ payoutId, amount }) => `${payoutId} paid ${amount}`).join(' and ');
}
