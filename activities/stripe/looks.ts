import type { Stripe } from 'stripe';
import type { PayoutId, SellerId, StripeAccountId } from '../../domain/ids.ts';
import type { Candidate } from '../../domain/payouts/confirmations.ts';
import type { MoneyStep } from '../../domain/stripe.ts';
import type { Endpoint } from './budget.ts';
import { actingFor } from './client.ts';

/** How a caller reads from Stripe: within its budgets, and with the caller's own failures. */
export type Reader = {
  stripe: Stripe;
  read: <T>(endpoint: Endpoint, ask: () => Promise<T>) => Promise<T>;
};

/** Whose objects are searched, and since when they may have been made. */
export type Search = { payoutId: PayoutId; account: StripeAccountId; since: string };

/**
 * The search begins this long before we sent the request, because PostgreSQL's clock may be ahead
 * of Stripe's.
 */
const clocksDifferSeconds = 3600;

const arrival = ['data.destination_payment.balance_transaction'];

/**
 * Lists the transfers that Stripe may have made for a payout: those of its group, and all transfers
 * to its account since the first request, because a list by group can lag behind.
 */
export async function listTransfersFor(by: Reader, search: Search): Promise<Stripe.Transfer[]> {
  const { payoutId, account, since } = search;
  const list = (asked: Stripe.TransferListParams) =>
    readAll(by, 'GET /v1/transfers', (page) =>
      by.stripe.transfers.list({ ...asked, ...page, expand: arrival }),
    );
  const ofGroup = await list({ transfer_group: payoutId });
  const ofAccount = await list({ destination: account, created: { gte: secondsOf(since) } });
  const all = new Map([...ofGroup, ...ofAccount].map((transfer) => [transfer.id, transfer]));
  return [...all.values()];
}

/** Lists all payouts of an account since the first request. */
export async function listPayoutsFor(by: Reader, search: Search): Promise<Stripe.Payout[]> {
  const acting = actingFor(search.account);
  return readAll(by, 'GET /v1/payouts', (page) =>
    by.stripe.payouts.list({ created: { gte: secondsOf(search.since) }, ...page }, acting),
  );
}

/** Lists everything that Stripe may have made for a step. */
export async function listCandidates(
  by: Reader,
  step: MoneyStep,
  search: Search,
): Promise<Candidate[]> {
  if (step === 'transfer') return (await listTransfersFor(by, search)).map(transferCandidate);
  const found = await listPayoutsFor(by, search);
  return found.map((payout) => payoutCandidate(payout, search.account));
}

/** Finds the accounts that were created for a seller since the first request. */
export async function listAccountsFor(
  by: Reader,
  { sellerId, since }: { sellerId: SellerId; since: string },
): Promise<StripeAccountId[]> {
  const created = { gte: secondsOf(since) };
  const found = await readAll(by, 'GET /v1/accounts', (page) =>
    by.stripe.accounts.list({ created, ...page }),
  );
  return found
    .filter(({ metadata }) => metadata?.['seller_id'] === sellerId)
    .map(({ id }) => id as StripeAccountId);
}

/** A transfer at Stripe, as it is compared with an order. */
export function transferCandidate(transfer: Stripe.Transfer): Candidate {
  const { id, amount, currency, destination, metadata, amount_reversed, reversed } = transfer;
  return {
    id,
    amount,
    currency,
    account: typeof destination === 'string' ? destination : (destination?.id ?? null),
    payoutId: metadata['payout_id'] ?? null,
    takenBack: reversed ? 'all' : amount_reversed > 0 ? 'a part' : 'nothing',
    group: transfer.transfer_group,
    hasFailed: false,
    createdAt: instantOf(transfer.created),
  };
}

/** A payout at Stripe, as it is compared with an order. */
export function payoutCandidate(object: Stripe.Payout, account: StripeAccountId): Candidate {
  const { id, amount, currency, metadata, reversed_by, status } = object;
  return {
    id,
    amount,
    currency,
    account,
    payoutId: metadata?.['payout_id'] ?? null,
    takenBack: reversed_by === null ? 'nothing' : 'all',
    group: null,
    hasFailed: status === 'failed' || status === 'canceled',
    createdAt: instantOf(object.created),
  };
}

/** Reads every page of a v1 list. */
export async function readAll<T extends { id: string }>(
  { read }: Pick<Reader, 'read'>,
  endpoint: Endpoint,
  list: (page: { limit: number; starting_after?: string }) => Promise<{
    data: T[];
    has_more: boolean;
  }>,
): Promise<T[]> {
  const all: T[] = [];
  for (;;) {
    const after = all.at(-1);
    const from = { limit: 100, ...(after && { starting_after: after.id }) };
    const { data, has_more } = await read(endpoint, () => list(from));
    all.push(...data);
    if (!has_more || data.length === 0) return all;
  }
}

function secondsOf(since: string): number {
  return Math.floor(Date.parse(since) / 1000) - clocksDifferSeconds;
}

function instantOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
