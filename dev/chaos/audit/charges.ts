import { type Facts, type Finding, groupBy, type PaidItem, sumOf } from './facts.ts';

/**
 * Checks that the earnings of a charge that were paid are covered by the charge: they are not paid if
 * the charge paid the seller by itself, and together they never exceed what the charge kept.
 */
export function auditCharges({ items, book }: Facts): Finding[] {
  const charges = new Map(book.charges.map((charge) => [charge.id, charge]));
  return [...groupBy(items, ({ charge }) => charge)].flatMap(([about, paid]) => {
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
}

function sayPaid(paid: readonly PaidItem[]): string {
  return paid.map(({ payoutId, amount }) => `${payoutId} paid ${amount}`).join(' and ');
}
