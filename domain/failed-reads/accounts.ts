import { sayInstant } from '../dates.ts';

/** What the engine reads of a seller's account again and again. */
export const accountReads = ['account', 'books', 'payouts'] as const;
export type AccountRead = (typeof accountReads)[number];

/** Why Stripe refused a read. Never Stripe's message, which can contain personal data. */
export type ReadError = {
  /** The method and path that were refused, such as `GET /v1/balance_transactions`. */
  endpoint: string | null;
  statusCode: number | null;
  code: string | null;
  /** The permission of a restricted key that Stripe says is missing, such as `rak_payout_read`. */
  permission: string | null;
};

/** A read of a seller's account that fails, since when, and why. */
export type FailedRead = ReadError & {
  what: AccountRead;
  since: string;
  /** True if the account was not compared with Stripe since PostgreSQL started. */
  isComparison: boolean;
};

/** Minutes after which a read that Stripe refused is tried again. */
export const retryReadMinutes = 10;

/**
 * A read without an answer counts as failed after this many minutes. Until then, it may be an
 * outage.
 */
export const silentMinutes = 60;

/** The permission that Stripe's message names. The rest of the message is not kept. */
export function permissionIn(message: string): string | null {
  return /\brak_[a-z0-9_]{1,60}\b/.exec(message)?.[0] ?? null;
}

/** Stripe's code for an account that is not connected to the platform any more. */
export const accountLeftCode = 'account_invalid';

/** True if the account has left the platform. No permission of the key changes that. */
export function hasLeft({ code }: Pick<ReadError, 'code'>): boolean {
  return code === accountLeftCode;
}

/** What an endpoint reads, for people. */
const objects: readonly (readonly [endpoint: string, words: string])[] = [
  ['GET /v2/core/accounts', 'the account'],
  ['GET /v1/accounts', 'the bank accounts'],
  ['GET /v1/balance_settings', 'the payout schedule'],
  ['GET /v1/balance_transactions', 'the balance transactions'],
  ['GET /v1/payouts', 'the payouts'],
];

/** Names what an endpoint reads. */
export function objectOf({ endpoint }: Pick<ReadError, 'endpoint'>): string {
  return objects.find(([known]) => known === endpoint)?.[1] ?? 'the account';
}

/** Stripe's answer to the read, with its code. */
export function sayReadError({ statusCode, code }: ReadError): string {
  if (statusCode === null) return 'Stripe does not answer';
  return `Stripe answers ${statusCode}${code === null ? '' : ` (${code})`}`;
}

/** What a person must do so that the read succeeds. */
export function remedyOf(error: ReadError): string {
  if (hasLeft(error)) {
    return 'The account is not connected to the platform any more: ask the seller to connect it again, or close the seller';
  }
  if (error.permission !== null) {
    return `Give the key in STRIPE_SECRET_KEY the permission ${error.permission} in the Stripe Dashboard, under Developers, API keys`;
  }
  if (error.statusCode === 403) {
    return `Give the key in STRIPE_SECRET_KEY the permission to read ${objectOf(error)}, or find out from Stripe why the key may not read this account`;
  }
  return 'Look at the account in the Stripe Dashboard, and ask Stripe why it cannot be read';
}

/** Why nothing new is sent to a seller whose account cannot be read. */
export function sayFailedRead(read: FailedRead): string {
  const what = read.isComparison ? 'the account’s payouts since the restart' : objectOf(read);
  return `The engine cannot read ${what} of the seller’s account: ${sayReadError(read)}, since ${sayInstant(read.since)}. No new payout is sent to the seller until the read succeeds. Other sellers are not affected. ${remedyOf(read)}`;
}

/** What ends the wait for a failed read, as the API says it. */
export const readLiftedBy =
  'A read of the account that succeeds. The engine tries again every 10 minutes';

/** The row of `waits` about a seller's account that cannot be read. */
export const unreadWaits = {
  'unread-account': {
    ui: 'the seller’s account to be readable at Stripe',
    onPayday:
      'The engine cannot read the seller’s account at Stripe. The money is not paid until the account can be read',
    says: 'The engine cannot read the seller’s account at Stripe, so it does not know what happened there. The payout continues when the account can be read: the seller’s explanation says why it cannot',
    actor: 'operator',
    liftedBy: readLiftedBy,
    causedBy: 'reads',
  },
} as const;
