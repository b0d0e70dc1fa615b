import type { Stripe } from 'stripe';
import type { Config } from '../config.ts';
import type { Db } from '../db/connect.ts';
import { describeMismatch, recordInstallation } from '../db/installation.ts';

/**
 * Compares what this process is connected to with what the database was first used with: another
 * Stripe account, mode or namespace would pay the same money from a second place. Throws, naming
 * each difference.
 */
export async function checkInstallation(db: Db, stripe: Stripe, config: Config): Promise<void> {
  const account = await stripe.accounts.retrieveCurrent();
  const here = {
    stripeAccount: account.id,
    livemode: /_live_/.test(config.stripe.secretKey),
    stripeIs: config.stripe.is,
    temporalNamespace: config.temporal.namespace,
  };
  const mismatch = describeMismatch(await recordInstallation(db, here), here);
  if (mismatch) throw new Error(mismatch);
}
