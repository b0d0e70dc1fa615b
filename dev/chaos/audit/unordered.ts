import type { Difference, Facts, Finding } from './facts.ts';

/** The causes of discrepancies about money that came to a seller without an order. */
const incoming = ['transfer-not-ordered', 'payout-unknown'];

/**
 * Checks money that moved without an order: nothing is reserved before a person says what it was
 * for, what somebody else paid is not paid again, and every line is booked once a person has closed
 * its discrepancy.
 */
export function auditUnordered(facts: Facts): Finding[] {
  const { discrepancies } = facts;
  return [
    ...discrepancies.flatMap((one) => [...reservedBeside(facts, one), ...unbooked(facts, one)]),
    ...paidAgain(facts),
  ];
}

/** Finds payouts that reserved money while nobody had said what the other money was for. */
function reservedBeside({ payouts }: Facts, open: Difference): Finding[] {
  const { id, cause, sellerId, atStripe, openedAt, closedAt, agreesSince } = open;
  const currency = atStripe?.money.currency;
  if (!incoming.includes(cause) || sellerId === null || currency === undefined) return [];
  const ends = [closedAt, agreesSince].filter((at) => at !== null).sort();
  const until = ends[0] ?? null;
  return payouts
    .filter((payout) => payout.sellerId === sellerId && payout.currency === currency)
    .filter(({ reservedAt: at }) => at !== null && at > openedAt && (until === null || at < until))
    .map((payout) => ({
      rule: 'reserved-beside',
      about: payout.id,
      words: `It reserved money while discrepancy ${id} was open`,
    }));
}

/** Finds payouts that somebody else paid, and for which Stripe also made an object. */
function paidAgain({ payouts, book }: Facts): Finding[] {
  const elsewhere = payouts.filter(
    ({ status, transferId }) => status === 'paid-elsewhere' && transferId === null,
  );
  const made = [...book.transfers, ...book.payouts];
  return elsewhere.flatMap(({ id }) =>
    made
      .filter(({ metadata }) => metadata['payout_id'] === id)
      .map((one) => ({
        rule: 'paid-again',
        about: id,
        words: `Somebody else paid it, and ${one.id} was made for it`,
      })),
  );
}

/** Finds closed discrepancies whose money moved at the account, but not in the ledger. */
function unbooked({ entries }: Facts, closed: Difference): Finding[] {
  const { id, outcome, sellerId, atStripe } = closed;
  if (outcome === null || sellerId === null || !atStripe?.stripeId) return [];
  const { stripeId } = atStripe;
  const isBooked = entries.some(
    (one) =>
      one.sellerId === sellerId &&
      one.stripeId === stripeId &&
      (one.from === 'account' || one.to === 'account'),
  );
  if (isBooked) return [];
  const words = `A person said that ${stripeId} was ${outcome}, and the ledger has no entry of it`;
  return [{ rule: 'line-unbooked', about: id, words }];
}
