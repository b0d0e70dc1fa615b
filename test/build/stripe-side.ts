import { createStripe } from '../../activities/stripe/client.ts';
import { newId, type SellerId, type StripeAccountId } from '../../domain/ids.ts';
import { startWatchedSandbox } from '../contract/watched-sandbox.ts';

const secretKey = 'sk_test_sandbox';

/**
 * Starts a sandbox with the engine's own client for it, and offers the actions of a platform and a
 * seller.
 */
export async function startStripeSide() {
  const sandbox = await startWatchedSandbox({ secretKey });
  const { url } = sandbox;
  const stripe = createStripe({ secretKey, apiBase: url });
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const init = body && { body: JSON.stringify(body), headers };
    const response = await fetch(`${url}/_sandbox/${path}`, { method, ...init });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response.json();
  };
  return {
    stripe,
    url,
    close: () => sandbox.close(),
    ask,
    /** Creates a seller's account with a bank account that may receive transfers and payouts. */
    async account(sellerId: SellerId = newId('sel')): Promise<StripeAccountId> {
      const { id } = await stripe.v2.core.accounts.create({
        contact_email: 'seller@example.com',
        dashboard: 'express',
        identity: { country: 'us', entity_type: 'individual' },
        configuration: {
          recipient: {
            capabilities: { stripe_balance: { stripe_transfers: { requested: true } } },
          },
        },
        defaults: {
          currency: 'usd',
          responsibilities: { fees_collector: 'application', losses_collector: 'application' },
        },
        metadata: { seller_id: sellerId },
      });
      // Stripe's test number; a bank account that a test adds with it changes nothing.
      await ask('POST', `accounts/${id}/complete-onboarding`, { accountNumber: '000123456789' });
      return id as StripeAccountId;
    },
    /** Adds money to the platform's available balance. */
    fund: (amount: number) =>
      stripe.charges.create({ amount, currency: 'usd', source: 'tok_bypassPending' }),
    async available(stripeAccount: StripeAccountId): Promise<number> {
      const { available } = await stripe.balance.retrieve({}, { stripeAccount });
      return available.find(({ currency }) => currency === 'usd')?.amount ?? 0;
    },
  };
}
