import type { Stripe } from 'stripe';
import { parkAutomatic, parkSeller } from '../../db/accounts/parked.ts';
import {
  readAccountDetails,
  recordAccountCreated,
  recordPayoutsManual,
} from '../../db/accounts/reads.ts';
import { readSellerForWorkflow } from '../../db/sellers/steps.ts';
import { newSettingKey, type SellerId, type StripeAccountId } from '../../domain/ids.ts';
import type { Seller } from '../../domain/sellers.ts';
import { callOnce, isForbidden, isRefusedRead, readStripe } from '../stripe/call-once.ts';
import { actingFor, stripeApiVersion } from '../stripe/client.ts';
import { type AccountDeps, readAccount, readIsManual } from './reads.ts';

/** The activities that change a seller's account at Stripe without moving money. */
export function createAccountActivities(deps: AccountDeps) {
  const { stripe, db } = deps;
  return {
    /** Creates the seller's account. Returns the seller as stored afterwards. */
    async createAccount({ sellerId }: { sellerId: SellerId }): Promise<Seller> {
      const seller = await readSellerForWorkflow(db, sellerId);
      if (seller.stripeAccount || seller.parked) return seller;
      const asked = askAccount(sellerId, await readAccountDetails(db, sellerId));
      const outcome = await callOnce(deps, asked, (attempt, { idempotencyKey }) =>
        // The SDK decides the API version of a v2 call, because its types and its path change
        // together.
        stripe.v2.core.accounts.create(
          attempt.request as unknown as Stripe.V2.Core.AccountCreateParams,
          { idempotencyKey },
        ),
      );
      if (outcome.kind === 'refused') await parkSeller(db, sellerId, 'account-refused');
      if (outcome.kind === 'unknown') await parkSeller(db, sellerId, 'account-outcome-unknown');
      if (outcome.kind === 'succeeded') {
        const account = outcome.object.id as StripeAccountId;
        await recordAccountCreated(db, { sellerId, account, key: outcome.key });
      }
      return readSellerForWorkflow(db, sellerId);
    },

    /** Reads from Stripe what the account can do, and records it. */
    async retrieveAccount({ sellerId }: { sellerId: SellerId }): Promise<Seller> {
      const seller = await readSellerForWorkflow(db, sellerId);
      const { stripeAccount, payoutsAreManual } = seller;
      // The account was removed from the row meanwhile, or the row is from a backup. The row
      // decides the next step.
      if (!stripeAccount) return seller;
      await readAccount(deps, { sellerId, stripeAccount, payoutsAreManual });
      return readSellerForWorkflow(db, sellerId);
    },

    /**
     * Sets the account's payouts to manual and reads the setting back. If Stripe refuses, a person
     * must decide, and the seller is not paid before that.
     */
    async setManualPayouts({ sellerId }: { sellerId: SellerId }): Promise<Seller> {
      const seller = await readSellerForWorkflow(db, sellerId);
      const { stripeAccount } = seller;
      if (!stripeAccount) return seller;
      const asked = readStripe(deps, 'POST /v1/balance_settings', () =>
        stripe.balanceSettings.update(
          { payments: { payouts: { schedule: { interval: 'manual' } } } },
          { ...actingFor(stripeAccount), idempotencyKey: newSettingKey(sellerId) },
        ),
      );
      const isTaken = await unlessRefused(asked.then(() => true));
      if (await unlessRefused(readIsManual(deps, stripeAccount))) {
        await recordPayoutsManual(db, sellerId);
      } else if (!isTaken) await parkAutomatic(db, sellerId);
      else throw new Error(`the payouts of ${stripeAccount} are still not manual`);
      return readSellerForWorkflow(db, sellerId);
    },
  };
}

/** Returns the answer, or false if Stripe refuses the request for this account or this key. */
async function unlessRefused(asked: Promise<boolean>): Promise<boolean> {
  try {
    return await asked;
  } catch (error) {
    if (isForbidden(error) || isRefusedRead(error)) return false;
    throw error;
  }
}

/**
 * A marketplace seller: receives transfers, uses Stripe's Express dashboard; the platform bears
 * fees and losses.
 */
function askAccount(sellerId: SellerId, details: Awaited<ReturnType<typeof readAccountDetails>>) {
  const request: Stripe.V2.Core.AccountCreateParams = {
    contact_email: details.email,
    ...(details.display_name !== null && { display_name: details.display_name }),
    dashboard: 'express',
    identity: { country: details.country.toLowerCase(), entity_type: details.entity_type },
    configuration: {
      recipient: { capabilities: { stripe_balance: { stripe_transfers: { requested: true } } } },
    },
    defaults: {
      currency: details.currency,
      responsibilities: { fees_collector: 'application', losses_collector: 'application' },
    },
    metadata: { seller_id: sellerId },
  };
  return {
    endpoint: 'POST /v2/core/accounts' as const,
    objectId: sellerId,
    step: 'account',
    account: null,
    apiVersion: stripeApiVersion,
    request: { ...request },
  };
}
