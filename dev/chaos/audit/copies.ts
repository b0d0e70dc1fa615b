import { type Facts, type Finding, groupBy } from './facts.ts';

const left = new Set(['sent', 'paid', 'settled']);

/**
 * Checks that no second engine paid: every payout that Stripe's objects name is a payout of this
 * engine, and each payday of a seller and currency left at most once.
 */
export function auditCopies({ payouts, book }: Facts): Finding[] {
  const known = new Set(payouts.map(({ id }) => id));
  const paydays = groupBy(
    payouts.filter(({ payday, status }) => payday !== null && left.has(status)),
    ({ sellerId, currency, payday }) => `${sellerId} ${currency} ${payday}`,
  );
  return [
    ...[...book.transfers, ...book.payouts].flatMap(({ id, metadata }) => {
      const named = metadata['payout_id'];
      if (named === undefined || known.has(named)) return [];
      const words = `It names ${named}, which another engine must have ordered`;
      return [{ rule: 'copy', about: id, words }];
    }),
    ...[...paydays]
      .filter(([, paid]) => paid.length > 1)
      .map(([about, paid]) => {
        const words = `It was paid by ${paid.map(({ id }) => id).join(' and ')}`;
        return { rule: 'payday-twice', about, words };
      }),
  ];
}
