import type { Stripe } from 'stripe';
import { factsOf, networkErrorOf } from '../activities/stripe/errors.ts';
import type { Config } from '../config.ts';
import type { Db } from '../db/connect.ts';
import { whyUnusable } from '../db/migrations/compatibility.ts';
import {
  describeMismatch,
  type Installation,
  recordInstallation,
} from '../db/operations/installation.ts';

/**
 * Compares what this process is connected to with what the database was first used with: another
 * Stripe account, mode or namespace would pay the same money from a second place. Throws, naming
 * each difference.
 */
export async function checkInstallation(db: Db, stripe: Stripe, config: Config): Promise<void> {
  const why = await whyUnusable(db);
  if (why !== undefined) throw new Error(why);
  const account = await retrievePlatform(stripe, config);
  const here = installationOf(config, account.id);
  const mismatch = describeMismatch(await recordInstallation(db, here), here);
  if (mismatch) throw new Error(mismatch);
}

/** What the settings and the account of their key say of this installation. */
export function installationOf(config: Config, stripeAccount: string): Installation {
  return {
    stripeAccount,
    livemode: config.stripe.livemode,
    stripeIs: config.stripe.is,
    temporalNamespace: config.temporal.namespace,
  };
}

/** Asks whose key this is. Throws, in words for a person, when Stripe does not say. */
export async function retrievePlatform(
  stripe: Stripe,
  config: Config,
): Promise<Stripe.Response<Stripe.Account>> {
  return stripe.accounts.retrieveCurrent().catch((error: unknown) => {
    throw new Error(whyNoAnswer(error, config));
  });
}

/** Why Stripe does not answer, and what to do about it; never its message. */
export function whyNoAnswer(error: unknown, { stripe }: Pick<Config, 'stripe'>): string {
  const isSandbox = stripe.is === 'sandbox';
  const who = isSandbox ? `The sandbox at ${stripe.apiBase}` : 'Stripe';
  const network = networkErrorOf(error);
  if (network !== null) {
    const remedy = isSandbox
      ? 'Start it, or unset STRIPE_API_BASE to ask Stripe itself.'
      : 'This machine needs a way out to api.stripe.com, port 443; without STRIPE_SECRET_KEY ' +
        '`npm start` brings a sandbox that stands in for Stripe.';
    return `${who} cannot be reached (${network}). ${remedy}`;
  }
  const { statusCode, type, code, requestId } = factsOf(error);
  if (statusCode === 401) {
    const remedy = isSandbox
      ? 'With a key of Stripe itself STRIPE_API_BASE is not set; start `npm start` with that key too.'
      : 'Copy it anew from the Stripe Dashboard: Developers, API keys.';
    return `${who} does not know the key in STRIPE_SECRET_KEY. ${remedy}`;
  }
  const named = [code ?? type, requestId].filter((part) => part !== null).join(', ');
  if (statusCode === 403) {
    return `${who} does not let the key in STRIPE_SECRET_KEY do this (${named}).`;
  }
  if (statusCode === null) return error instanceof Error ? error.message : String(error);
  const again = statusCode === 429 || statusCode >= 500 ? ' Try again.' : '';
  return `${who} answers ${statusCode} (${named}).${again}`;
}
