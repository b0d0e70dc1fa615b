import { z } from '@hono/zod-openapi';
import type { Stripe } from 'stripe';
import { actingFor } from '../../activities/stripe/client.ts';
import type { readBalances } from '../../db/funds.ts';
import type { SellerRecord } from '../../domain/explanations/facts.ts';
import { type Place, places } from '../../domain/ledger.ts';
import { formatMoney, money } from '../../domain/money.ts';
import type { AppDeps } from '../http/context.ts';
import { Problem } from '../http/problems.ts';
import { Money } from '../http/schemas.ts';
import { askStripe, sumIn } from '../stripe/ask.ts';

type Balance = Awaited<ReturnType<typeof readBalances>>[number];

/** Whether the answer also contains Stripe's own balance. */
export const BalancesQuery = z.strictObject({
  stripe: z
    .enum(['true', 'false'])
    .optional()
    .openapi({ description: '`true`: also read Stripe’s own balance of the account' }),
});

/** Stripe's balance of the account, and its difference from our books. */
export const StripeBalance = z
  .object({
    available: Money,
    pending: Money,
    difference: Money.openapi({
      description:
        'Stripe’s balance minus the ledger’s. Briefly not 0 while money is moving. If the difference remains, somebody else moved money',
    }),
    explanation: z.string().openapi({ description: '`difference` as a sentence' }),
  })
  .openapi('StripeBalance');

/** Adds Stripe's balance of the account to ours. Currencies that only Stripe has come last. */
export async function addStripes(deps: AppDeps, seller: SellerRecord, balances: Balance[]) {
  const { stripeAccount } = seller;
  // This includes closed sellers, because nobody expects money to move at their accounts.
  if (stripeAccount === null)
    throw new Problem(
      'account-not-created',
      'The seller has no account yet, so there is no balance at Stripe',
    );
  const acting = actingFor(stripeAccount);
  const stripes = await askStripe(deps, 'GET /v1/balance', (stripe) =>
    stripe.balance.retrieve({}, acting),
  );
  const ours = new Set(balances.map(({ currency }) => currency));
  const others = stripes.available
    .map(({ currency }) => currency)
    .filter((currency) => !ours.has(currency))
    .sort();
  return [...balances, ...others.map(none)].map((balance) => {
    return { ...balance, stripe: besideOurs(balance, stripes) };
  });
}

function besideOurs({ currency, places }: Balance, { available, pending }: Stripe.Balance) {
  const availableNow = sumIn(available, currency);
  const pendingNow = sumIn(pending, currency);
  const ours = places.account + places['account-reserved'];
  const difference = availableNow + pendingNow - ours;
  return {
    available: money(availableNow, currency),
    pending: money(pendingNow, currency),
    difference: money(difference, currency),
    explanation: explain(difference, currency),
  };
}

function explain(difference: number, currency: string): string {
  if (difference === 0) return 'Stripe and our books agree';
  const amount = formatMoney(money(Math.abs(difference), currency));
  const [side, moved] = difference > 0 ? ['more', 'added'] : ['less', 'took'];
  return `Stripe has ${amount} ${side} at the account than our books. The money is under way, or somebody else ${moved} it and the engine has not read this yet`;
}

function none(currency: string): Balance {
  const empty = Object.fromEntries(places.map((place) => [place, 0])) as Record<Place, number>;
  return { currency, places: empty, payable: 0, held: 0, notYetAvailable: 0 };
}
