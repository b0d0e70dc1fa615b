import type { Stripe } from 'stripe';
import { doubtAccount, parkAutomatic, parkSeller } from '../../db/accounts/parked.ts';
import {
  readAccountDetails,
  recordAccountCreated,
  recordPayoutsManual,
} from '../../db/accounts/reads.ts';
import type { Db } from '../../db/connect.ts';
import { readSellerForWorkflow } from '../../db/sellers/steps.ts';
import { readDoubtful } from '../../db/stripe/doubts.ts';
import { newSettingKey, type SellerId, type StripeAccountId } from '../../domain/ids.ts';
import { parkNames } from '../../domain/parking/reasons.ts';
import { lookLimitHours } from '../../domain/payouts/look-ups.ts';
import type { Seller } from '../../domain/sellers.ts';
import {
  callOnce,
  type CallOutcome,
  isForbidden,
  isRefusedRead,
  isUnread,
  type Looked,
  readerOf,
  readStripe,
} from '../stripe/call-once.ts';
import { readSellerToShow } from '../explanations.ts';
import { actingFor, stripeApiVersion } from '../stripe/client.ts';
import { listAccountsFor } from '../stripe/looks.ts';
import { type AccountDeps, readAccount, readIsManual } from './reads.ts';

/** The activities that change a seller's account at Stripe without moving money. */
export function createAccountActivities(deps: AccountDeps) {
  const { stripe, db } = deps;
  return {
    /** Creates the seller's account. Returns the seller as stored afterwards. */
    async createAccount({ sellerId }: { sellerId: SellerId }): Promise<Seller> {
      const seller = await readSellerForWorkflow(db, sellerId);
      if (seller.stripeAccount || seller.parked) return seller;
      const details = await readAccountDetails(db, sellerId);
      const asked = {
        ...askAccount(sellerId, details),
        look: () => lookForAccount(deps, sellerId),
      };
      const outcome = await callOnce(deps, asked, (attempt, { idempotencyKey }) =>
        // The SDK decides the API version of a v2 call, because its types and its path change
        // together.
        stripe.v2.core.accounts.create(
          attempt.request as unknown as Stripe.V2.Core.AccountCreateParams,
          { idempotencyKey },
        ),
      );
      await recordOutcome(db, sellerId, outcome);
      return readSellerToShow(db, sellerId);
    },

    /** Reads from Stripe what the account can do, and records it. */
    async retrieveAccount({ sellerId }: { sellerId: SellerId }): Promise<Seller> {
      const seller = await readSellerForWorkflow(db, sellerId);
      const { stripeAccount, payoutsAreManual } = seller;
      // The account was removed from the row meanwhile, or the row is from a backup. The row
      // decides the next step.
      if (!stripeAccount) return seller;
      await readAccount(deps, { sellerId, stripeAccount, payoutsAreManual });
      return readSellerToShow(db, sellerId);
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
      return readSellerToShow(db, sellerId);
    },
  };
}

async function recordOutcome(
  db: Db,
  sellerId: SellerId,
  outcome: CallOutcome<{ id: string }>,
): Promise<void> {
  switch (outcome.kind) {
    case 'succeeded': {
      const account = outcome.object.id as StripeAccountId;
      return recordAccountCreated(db, { sellerId, account, key: outcome.key });
    }
    case 'refused':
      return parkSeller(db, sellerId, 'account-refused');
    case 'unknown':
      return parkSeller(db, sellerId, parkNames.accountUnknown);
    case 'seen':
      return doubtAccount(db, sellerId, outcome.sighting.id as StripeAccountId);
    case 'not-looked':
      return doubtAccount(db, sellerId, null);
    case 'nothing-to-send':
    case 'money-stopped':
    case 'braked':
    case 'uncompared':
    case 'unexplained':
      return undefined;
  }
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
 * Looks at Stripe for an account that was created for the seller, although a person said that there
 * is none. While Stripe cannot be read, the look is repeated, at most for some hours.
 */
async function lookForAccount(deps: AccountDeps, sellerId: SellerId): Promise<Looked> {
  const doubtful = await readDoubtful(deps.db, sellerId, 'account');
  const since = doubtful?.since ?? new Date(0).toISOString();
  try {
    const [id] = await listAccountsFor(readerOf(deps), { sellerId, since });
    if (!id) return { kind: 'nothing-seen' };
    return { kind: 'seen', sighting: { id, isNamed: true, says: `${id} names this seller` } };
  } catch (error) {
    const hours = doubtful?.hours ?? 0;
    if (!isUnread(error) || hours < lookLimitHours) throw error;
    return { kind: 'not-looked', isGone: false, hours };
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
