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
 * Compares the Stripe account, mode and namespace of this process with those that the database was
 * first used with. A process with other settings could pay the same money a second time. Throws an
 * error that names each difference.
 */
export async function checkInstallation(db: Db, stripe: Stripe, config: Config): Promise<void> {
  const why = await whyUnusable(db);
  if (why !== undefined) throw new Error(why);
  const account = await retrievePlatform(stripe, config);
  const here = installationOf(config, account);
  const mismatch = describeMismatch(await recordInstallation(db, here), here);
  if (mismatch) throw new Error(mismatch);
}

/** Describes this installation: the settings, and the account that the key belongs to. */
export function installationOf(
  config: Config,
  { id, country }: Pick<Stripe.Account, 'id' | 'country'>,
): Installation {
  if (country === undefined) throw new Error(`Stripe does not say in which country ${id} is.`);
  return {
    stripeAccount: id,
    platformCountry: country,
    livemode: config.stripe.livemode,
    stripeIs: config.stripe.is,
    temporalNamespace: config.temporal.namespace,
  };
}

/**
 * Retrieves the account that the key belongs to. If Stripe does not answer, throws an error with a
 * text for people.
 */
export async function retrievePlatform(
  stripe: Stripe,
  config: Config,
): Promise<Stripe.Response<Stripe.Account>> {
  return stripe.accounts.retrieveCurrent().catch((error: unknown) => {
    throw new Error(whyNoAnswer(error, config));
  });
}

/** Explains why Stripe does not answer and what to do. Never contains Stripe's message. */
export function whyNoAnswer(error: unknown, { stripe }: Pick<Config, 'stripe'>): string {
  const isSandbox = stripe.is === 'sandbox';
  const who = isSandbox ? `The sandbox at ${stripe.apiBase}` : 'Stripe';
  const network = networkErrorOf(error);
  if (network !== null) {
    const remedy = isSandbox
      ? 'Start the sandbox, or unset STRIPE_API_BASE to use Stripe itself.'
      : 'This machine needs outbound access to api.stripe.com, port 443. To use the sandbox ' +
        'instead, run `npm start` without STRIPE_SECRET_KEY.';
    return `${who} cannot be reached (${network}). ${remedy}`;
  }
  const { statusCode, type, code, requestId } = factsOf(error);
  if (statusCode === 401) {
    const remedy = isSandbox
      ? 'To use a key from Stripe, unset STRIPE_API_BASE and run `npm start` with the same key.'
      : 'Copy the key again from the Stripe Dashboard: Developers, API keys.';
    return `${who} does not know the key in STRIPE_SECRET_KEY. ${remedy}`;
  }
  const named = [code ?? type, requestId].filter((part) => part !== null).join(', ');
  if (statusCode === 403) {
    return `${who} does not let the key in STRIPE_SECRET_KEY do this (${named}).`;
  }
  if (statusCode === null) return error instanceof Error ? error.message : String(error);
  const again = statusCode === 429 || statusCode >= 500 ? ' Try again.' : '';
  return `${who} answered with status ${statusCode} (${named}).${again}`;
}
