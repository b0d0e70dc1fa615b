/**
 * Minutes for which Stripe may not show a new charge yet. Stripe reads a charge by its id from the
 * moment of its creation; the minutes cover a charge that is posted before it is created.
 */
export const newChargeMinutes = 2;

/**
 * Days after which a person is told that a charge has not shown whether it brings money. Bank
 * debits need up to 14 business days, and an authorization that is not captured ends after 7 days,
 * or 30 for some cards (docs.stripe.com/payments/bank-debits and
 * /place-a-hold-on-a-payment-method).
 */
export const longestChargeDays = 31;

/**
 * Decides what a person is told about a charge without an answer that its earning has named for
 * this long. Null if the earning may still wait. `isMissing`: Stripe answered that there is no such
 * charge.
 */
export function chargeDoubt(facts: {
  isMissing: boolean;
  waitsSeconds: number;
}): 'charge-not-found' | 'charge-unclear' | null {
  const { isMissing, waitsSeconds } = facts;
  if (isMissing) return waitsSeconds >= newChargeMinutes * 60 ? 'charge-not-found' : null;
  return waitsSeconds >= longestChargeDays * 86_400 ? 'charge-unclear' : null;
}

/** The most charges of one request that Stripe is asked about before the earnings are recorded. */
export const mostChargesAtDoor = 10;

/**
 * Requests to Stripe per second for charges of new earnings, by all processes together. This is a
 * small part of Stripe's limits, so that a stream of new earnings never delays payouts.
 */
export const chargesAtDoorPerSecond = 5;
