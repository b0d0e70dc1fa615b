import { Refused } from './calls.ts';
import type { Seller } from './onboard.ts';
import type { Scene } from './scene.ts';

const largestCharge = 900_000_00;
/** The charge that brings this amount after Stripe's fee of 2.9 percent and 30. */
const withFee = (amount: number): number => Math.ceil(amount / 0.97) + 50;

/**
 * Charges customers for the earnings that were posted and not yet funded, and this much more per
 * seller. The platform gets no other money, so between two calls its balance may be too low.
 */
export async function letMoneyCome(
  { stripe, count, funds }: Scene,
  sellers: readonly Seller[],
  more = 0,
): Promise<void> {
  for (const currency of new Set(sellers.map((seller) => seller.currency))) {
    const among = sellers.filter((seller) => seller.currency === currency).length;
    const wanted = count.promised
      .filter((promise) => promise.currency === currency)
      .reduce((sum, { amount }) => sum + amount, among * more);
    const came = funds.came.get(currency) ?? 0;
    const missing = wanted - came;
    for (let left = missing; left > 0; left -= largestCharge) {
      await charge(stripe, withFee(Math.min(left, largestCharge)), currency);
    }
    funds.came.set(currency, Math.max(wanted, came));
  }
}

/** If Stripe keeps a 5xx for a charge, makes another charge. */
async function charge(stripe: Scene['stripe'], amount: number, currency: string): Promise<void> {
  const fields = { amount: String(amount), currency, source: 'tok_bypassPending' };
  for (;;) {
    const done = await stripe('/v1/charges', fields).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Refused && error.status >= 500) return false;
        throw error;
      },
    );
    if (done) return;
  }
}
